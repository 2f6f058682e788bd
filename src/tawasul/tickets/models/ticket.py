"""The ticket itself, and the words for its state."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Language, Team, TermsVersion
from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.tickets.models.service import Service


class Purpose(models.TextChoices):
    """Why the customer writes."""

    INQUIRY = "inquiry", _("Inquiry")
    TECHNICAL = "technical", _("Technical problem")
    FOLLOW_UP = "follow_up", _("Follow-up of a request")
    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")


class Status(models.TextChoices):
    """Whose turn it is. Labels may be renamed; states cannot be added."""

    WITH_CENTRE = "with_centre", _("With the centre")
    WITH_CUSTOMER = "with_customer", _("With the customer")
    ON_HOLD = "on_hold", _("On hold")
    CLOSED = "closed", _("Closed")


class CloseReason(models.TextChoices):
    """Why a ticket was closed."""

    SOLVED_BY_CUSTOMER = "solved_by_customer", _("Solved, says the customer")
    SOLVED_BY_STAFF = "solved_by_staff", _("Solved by the centre")
    SILENCE = "silence", _("No follow-up within the stated time")
    MERGED = "merged", _("Merged into another ticket")
    SPAM = "spam", _("Spam")


class Channel(models.TextChoices):
    """How a ticket or message arrived."""

    PORTAL = "portal", _("Portal")
    DIRECT = "direct", _("Direct form")
    MAIL = "mail", _("E-mail")
    DESK = "desk", _("Desk")


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Adjectives over tickets."""

    def locked(self, pk: int) -> "Ticket":
        """The row, locked until the transaction ends (SQLite: the whole database is, by IMMEDIATE)."""
        held = _held.get()
        if held is not None and held.pk == pk:
            return held
        row = _LOCKED.first(pk)
        if row is None:
            raise Ticket.DoesNotExist
        row.note_as_read()
        return row

    def with_centre(self) -> Self:
        return self.filter(status=Status.WITH_CENTRE)

    def overdue(self) -> Self:
        """The promised answer is late."""
        return self.with_centre().filter(answer_due_at__lt=clock.now())

    def longest_waiting(self) -> Self:
        """The desk's order: the earliest promised answer first."""
        return self.order_by("answer_due_at", "pk")

    def silent(self) -> Self:
        """Answered by the centre, and the customer's time has run out."""
        return self.filter(status=Status.WITH_CUSTOMER, close_due_at__lte=clock.now())

    def of(self, person_id: int) -> Self:
        return self.filter(requester_id=person_id)

    def claimable_by(self, address: str) -> Self:
        """Opened without an account from this address, however its letters were typed."""
        return (
            self.filter(requester=None)
            .alias(address=Lower("requester_email"))
            .filter(address=address.lower())
        )


class Ticket(models.Model):
    """One request and its correspondence. Only ``tickets.workflow`` assigns ``status``.

    The requester's name and address stand on the ticket as they were given, so that a ticket without an
    account (``requester`` null) is like any other. Moments are UTC.
    """

    number = models.CharField(max_length=24, unique=True)  # digits only, check digit last; see numbers.py
    status = models.CharField(max_length=13, choices=Status, default=Status.WITH_CENTRE)
    close_reason = models.CharField(max_length=20, choices=CloseReason, blank=True, default="")
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, verbose_name=_("service"))
    domain_typed = models.CharField(max_length=260, blank=True, default="")
    domain_unicode = models.CharField(max_length=260, blank=True, default="")
    domain_ascii = models.CharField(max_length=260, blank=True, default="")
    request_number = models.CharField(max_length=40, blank=True, default="")
    subject = models.CharField(_("subject"), max_length=200)
    search_key = models.TextField(
        blank=True, default=""
    )  # normalised subject and domain, for the owner's search
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="tickets"
    )
    requester_name = models.CharField(max_length=150)
    requester_email = models.CharField(max_length=320)
    language = models.CharField(max_length=2, choices=Language, default=Language.AR)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    terms = models.ForeignKey(TermsVersion, null=True, on_delete=models.PROTECT, related_name="+")
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="followed_by"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="merged"
    )  # where it goes on, once it is closed as merged
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="assigned_tickets",
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL)
    hold_reason = models.CharField(max_length=300, blank=True, default="")  # the customer sees it
    hold_party = models.CharField(max_length=100, blank=True, default="")  # whom the centre waits for

    created_at = models.DateTimeField(default=clock.now)
    waiting_since = models.DateTimeField(null=True, default=None)  # when the turn came to the centre
    answer_due_at = models.DateTimeField(
        null=True, default=None
    )  # promised answer; null while the clock stands
    answer_clock_at = models.DateTimeField(null=True, default=None)  # since when the promise's clock runs
    answer_spent = models.DecimalField(
        max_digits=16, decimal_places=12, default=0
    )  # working days used before now
    first_answered_at = models.DateTimeField(null=True, default=None)
    last_answered_at = models.DateTimeField(null=True, default=None)
    close_due_at = models.DateTimeField(null=True, default=None)  # closes for silence then
    close_warned_at = models.DateTimeField(null=True, default=None)
    closed_at = models.DateTimeField(null=True, default=None)
    updated_at = models.DateTimeField(default=clock.now)  # the last thing the customer can see
    snoozed_until = models.DateTimeField(
        null=True, default=None
    )  # out of the way at the desk until then or until a letter; the promise goes on
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # a member of staff who opened it for the requester, or split it off
    message_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)  # grows with every move; a stale edit is noticed by it

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=Status.values), name="ticket_status_known"),
            models.CheckConstraint(
                condition=(Q(status=Status.CLOSED) & ~Q(close_reason="") & Q(closed_at__isnull=False))
                | (~Q(status=Status.CLOSED) & Q(close_reason="") & Q(closed_at__isnull=True)),
                name="ticket_closed_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(close_reason=CloseReason.MERGED),
                name="ticket_merged_only_where_closed_so",
            ),
            models.CheckConstraint(
                condition=Q(status=Status.WITH_CUSTOMER) | Q(close_due_at__isnull=True),
                name="ticket_silence_clock_only_with_customer",
            ),
        ]
        indexes = [
            models.Index(fields=["status", "answer_due_at", "id"], name="ticket_queue"),
            models.Index(fields=["assignee", "status", "answer_due_at", "id"], name="ticket_mine"),
            models.Index(fields=["team", "status", "answer_due_at", "id"], name="ticket_team"),
            models.Index(
                fields=["team", "status"], condition=Q(assignee__isnull=True), name="ticket_team_unassigned"
            ),
            # PostgreSQL reads no order behind "is null", as it stands first in ticket_mine
            models.Index(
                fields=["status", "answer_due_at", "id"],
                condition=Q(assignee__isnull=True),
                name="ticket_unassigned",
            ),
            models.Index(fields=["requester", "status", "-updated_at", "-id"], name="ticket_of_person"),
            models.Index(Lower("requester_email"), name="ticket_of_address"),
            models.Index(fields=["domain_ascii"], condition=~Q(domain_ascii=""), name="ticket_of_domain"),
            models.Index(
                fields=["close_due_at"], condition=Q(close_due_at__isnull=False), name="ticket_silence_clock"
            ),
            models.Index(
                fields=["snoozed_until"], condition=Q(snoozed_until__isnull=False), name="ticket_snoozed"
            ),
            # what the lists of the desk are ordered by; why each is cheap stands in tickets/queue.py
            models.Index(
                fields=["waiting_since", "id"],
                condition=Q(waiting_since__isnull=False),
                name="ticket_waiting",
            ),
            models.Index(
                fields=["status", "updated_at", "id"], condition=Q(status="on_hold"), name="ticket_held"
            ),
            models.Index(
                fields=["closed_at", "id"], condition=Q(closed_at__isnull=False), name="ticket_closed"
            ),
            models.Index(fields=["created_at", "id"], name="ticket_created"),
            models.Index(fields=["updated_at", "id"], name="ticket_changed"),
            # the same for what is open and for what is closed: in most orders all of one lie before all of the other
            models.Index(
                fields=["created_at", "id"], condition=Q(closed_at__isnull=True), name="ticket_open_created"
            ),
            models.Index(
                fields=["updated_at", "id"], condition=Q(closed_at__isnull=True), name="ticket_open_changed"
            ),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="ticket_closed_created",
            ),
            models.Index(
                fields=["updated_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="ticket_closed_changed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_number} {self.subject}"

    def save(self, *args: Any, **options: Any) -> None:
        """As any row; what it was read as is not known any more."""
        super().save(*args, **options)
        self._state.__dict__.pop("as_read", None)

    def get_absolute_url(self) -> str:
        return reverse("portal:ticket", args=[self.spoken_number])

    def note_as_read(self) -> None:
        """The row as it stands now is what the database has."""
        self._state.__dict__["as_read"] = dict(self.__dict__)

    def changed(self) -> frozenset[str] | None:
        """The columns that differ from what was read under the lock; None where that is not known."""
        read: Mapping[str, Any] | None = self._state.__dict__.get("as_read")
        if read is None:
            return None
        own = self.__dict__
        columns = (field.attname for field in self._meta.concrete_fields)
        return frozenset(name for name in columns if name in own and own[name] != read.get(name, _UNREAD))

    @property
    def spoken_number(self) -> str:
        """The number in groups of four, as people read it: 4829-1736."""
        return "-".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


_LOCKED = Prepared(lambda pk: Ticket.objects.select_for_update(of=("self",)).filter(pk=pk))
_UNREAD = object()
_held: ContextVar[Ticket | None] = ContextVar("held", default=None)


@contextmanager
def holding(row: Ticket) -> Iterator[None]:
    """Within the block, in this thread, the verbs work on this very row, which the transaction under way has locked and
    read whole: they do not read it again and set no savepoint. What a verb raises must end that transaction, or a
    savepoint around this block."""
    row.note_as_read()
    token = _held.set(row)
    try:
        yield
    finally:
        _held.reset(token)


def holds() -> bool:
    """Whether the verbs now under way work on a row that is held."""
    return _held.get() is not None

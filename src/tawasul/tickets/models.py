"""The heart: a ticket, its messages, and the events that are history, audit trail and outbox at once."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Language, Team, TermsVersion
from tawasul.attachments.models import StoredFile
from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet
from tawasul.core.prepared import Prepared


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


class Service(models.Model):
    """What a ticket may be about. ``about_domain`` shows the domain field on the form."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)
    about_domain = models.BooleanField(_("about a domain"), default=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("responsible team")
    )
    position = models.PositiveIntegerField(_("order in lists"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Adjectives over tickets."""

    def locked(self, pk: int) -> "Ticket":
        """The row, locked until the transaction ends (SQLite: the whole database is, by IMMEDIATE)."""
        row = _LOCKED.first(pk)
        if row is None:
            raise Ticket.DoesNotExist
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
            models.Index(fields=["requester", "status", "-updated_at", "-id"], name="ticket_of_person"),
            models.Index(Lower("requester_email"), name="ticket_of_address"),
            models.Index(fields=["domain_ascii"], condition=~Q(domain_ascii=""), name="ticket_of_domain"),
            models.Index(
                fields=["close_due_at"], condition=Q(close_due_at__isnull=False), name="ticket_silence_clock"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_number} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("portal:ticket", args=[self.spoken_number])

    @property
    def spoken_number(self) -> str:
        """The number in groups of four, as people read it: 4829-1736."""
        return "-".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


_LOCKED = Prepared(lambda pk: Ticket.objects.select_for_update(of=("self",)).filter(pk=pk))


class Message(models.Model):
    """One letter of the correspondence, or an internal note."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        FOLLOW_UP = "follow_up", _("follow-up")
        ANSWER = "answer", _("answer")
        NOTE = "note", _("internal note")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=150)
    text = models.TextField()  # as typed; an answer and a note are the Markdown subset, the rest is plain
    wanted = models.TextField(blank=True, default="")  # opening only: what help is wanted
    rest = models.TextField(blank=True, default="")  # of a mail: quotations and signature, folded away
    html = models.TextField(blank=True, default="")  # rendered once, safe, a dir on each block
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    at = models.DateTimeField(default=clock.now)
    submission = models.UUIDField(
        null=True, unique=True, default=None
    )  # of the form that sent it: two sends, one row
    file_count = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["ticket", "at", "id"], name="message_of_ticket")]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Draft(models.Model):
    """What someone is writing and has not sent: a new ticket, a follow-up, an answer, a note.

    ``key`` names it in the form; sending turns it into one message, whose ``submission`` is the key, so a second
    send of the same form finds the first one's ticket. A direct request waits here for its address to be confirmed.
    """

    class Kind(models.TextChoices):
        TICKET = "ticket"
        FOLLOW_UP = "follow_up"
        ANSWER = "answer"
        NOTE = "note"
        DIRECT = "direct"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="drafts"
    )
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="drafts")
    browser_hash = models.CharField(
        max_length=64, blank=True, default=""
    )  # a stranger's draft belongs to a browser
    fields = models.JSONField(default=dict)  # the form's answers as typed
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    confirm_hash = models.CharField(
        max_length=64, blank=True, default="", db_index=True
    )  # SHA-256 of a mailed token
    confirm_expires_at = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "ticket"], name="draft_of_person"),
            models.Index(fields=["updated_at"], name="draft_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Attachment(models.Model):
    """A stored file's place: on a message, or on a draft that has not been sent."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="attachment")
    content_id = models.CharField(max_length=200, blank=True, default="")  # of a picture within a mail's HTML

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=True) ^ Q(draft__isnull=True), name="attachment_in_one_place"
            )
        ]

    def __str__(self) -> str:
        return self.file.name


class RefusedFile(models.Model):
    """A file that came with a mail and was not taken: it is named with its reason, never passed over in silence."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="refused_files")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="refused_files")
    name = models.CharField(max_length=200)  # cleaned, as a stored file's
    type = models.CharField(max_length=100, blank=True, default="")  # what the sender claimed
    size = models.PositiveBigIntegerField()  # bytes
    reason = models.CharField(max_length=500)  # what ``attachments.reasons.message`` reads

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=True) ^ Q(draft__isnull=True), name="refusedfile_in_one_place"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Event(LeasedRow):
    """A fact: who did what, when. History for people, trail for auditors, outbox for ``reactions``."""

    class Kind(models.TextChoices):
        OPENED = "opened"
        TAKEN = "taken"
        ASSIGNED = "assigned"
        ANSWERED = "answered"
        FOLLOWED_UP = "followed_up"
        NOTED = "noted"
        HELD = "held"
        RESUMED = "resumed"
        CLOSE_WARNED = "close_warned"
        CLOSED = "closed"
        REOPENED = "reopened"
        CLAIMED = "claimed"  # an account took over a ticket opened without one

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    actor_name = models.CharField(max_length=150, blank=True, default="")  # empty: the system itself
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=clock.now)

    objects = LeasedRowQuerySet["Event"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="event_of_ticket"),
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="event_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class GuestLink(models.Model):
    """A personal link to a ticket that was opened without an account: 256 random bits, kept only as a hash."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="guest_links")
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-expires_at"], name="guestlink_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.expires_at:%Y-%m-%d}"

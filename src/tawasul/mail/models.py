"""The ledger, both ways: a row before the network for what goes out, a row before the answer for what comes in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Language
from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet
from tawasul.mail import kinds, reasons
from tawasul.tickets.models import Draft, Message, Ticket


class Bounce(models.TextChoices):
    """What a mail that came back says of its address."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"


class OutgoingMail(LeasedRow):
    """One mail to one address. Its Message-ID never changes, however often it is tried."""

    class State(models.TextChoices):
        WAITING = "waiting"  # to be sent, or to be tried again
        SENT = "sent"  # the server took it
        FAILED = "failed"  # given up; last_error says why

    kind = models.CharField(max_length=40)  # names the template folder: mail/<kind>/
    to_address = models.CharField(max_length=320)  # as people write it; may be internationalised
    to_name = models.CharField(max_length=150, blank=True, default="")
    language = models.CharField(max_length=2, choices=Language, default=Language.AR)
    subject = models.CharField(max_length=300)
    text = models.TextField()
    html = models.TextField()
    headers = models.JSONField(default=dict)  # In-Reply-To, References, List-Id, Auto-Submitted …
    message_id = models.CharField(max_length=200, unique=True)  # with the angle brackets
    key = models.CharField(
        max_length=120, unique=True
    )  # what it answers to: "event:123:confirm"; a repeat is refused
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="mails")
    letter = models.ForeignKey(
        Message, null=True, on_delete=models.SET_NULL, related_name="mails"
    )  # what it carries
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(default=clock.now)
    sent_at = models.DateTimeField(null=True, default=None)
    give_up_at = models.DateTimeField()
    smtp_reply = models.CharField(max_length=500, blank=True, default="")
    bounce = models.CharField(max_length=9, choices=Bounce, blank=True, default="")  # it came back after all
    bounced_at = models.DateTimeField(null=True, default=None)
    settled_at = models.DateTimeField(
        null=True, default=None
    )  # staff saw that it failed or came back, and acted
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = LeasedRowQuerySet["OutgoingMail"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="outgoingmail_waiting"),
            models.Index(fields=["ticket", "created_at"], name="outgoingmail_of_ticket"),
            models.Index(fields=["state", "-created_at"], name="outgoingmail_by_state"),
            models.Index(Lower("to_address"), name="outgoingmail_of_address"),
            models.Index(fields=["-created_at", "-id"], condition=~Q(bounce=""), name="outgoingmail_bounced"),
            models.Index(
                fields=["-created_at", "-id"],
                condition=Q(settled_at__isnull=True) & (Q(state="failed") | ~Q(bounce="")),
                name="outgoingmail_for_staff",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_address}"

    @property
    def why(self) -> str:
        """Why it waits or failed, in the active language, with the server's own words; empty where all is well."""
        return reasons.in_words(self.last_error, self.smtp_reply)

    @property
    def is_withdrawn(self) -> bool:
        """It never goes out: its receiver left the ticket while it waited."""
        return self.state == self.State.FAILED and self.last_error == reasons.WITHDRAWN

    @property
    def needs_staff(self) -> bool:
        """It failed for good or came back, and nobody has seen to it yet."""
        return self.settled_at is None and (self.state == self.State.FAILED or bool(self.bounce))


class IncomingMail(LeasedRow):
    """One mail that came in, by whichever door and however often. The leased work is reading and handling it.

    The row and its ``RawMail`` are committed before the door acknowledges. Nothing is ever thrown away: what is not
    understood is parked, what must not act is set aside with its reason, and either can be replayed.
    """

    class State(models.TextChoices):
        WAITING = "waiting"  # to be read, or to be tried again
        DONE = "done"  # it did what ``outcome`` says
        HELD = "held"  # staff decide: accept, make a ticket, discard
        PARKED = "parked"  # it could not be read or handled; ``reason`` says why
        DISCARDED = "discarded"  # by staff

    class Outcome(models.TextChoices):
        OPENED = "opened"  # a new ticket
        FOLLOWED_UP = "followed_up"
        REOPENED = "reopened"
        ANSWERED = "answered"  # by a member of staff
        UNCONFIRMED = "unconfirmed"  # waits for its writer to confirm the address
        BOUNCE = "bounce"
        AUTO_REPLY = "auto_reply"
        REPORT = "report"
        LIST = "list"
        LOOP = "loop"  # our own mail, or our own portal's, came back

    class Door(models.TextChoices):
        PIPE = "pipe"
        LMTP = "lmtp"
        IMAP = "imap"

    digest = models.CharField(max_length=64, unique=True)  # of what the writer sent; see doors/identity.py
    door = models.CharField(max_length=4, choices=Door)  # by which it came first
    mailbox = models.CharField(max_length=60, blank=True, default="")  # name of the IMAP mailbox
    copies = models.PositiveIntegerField(default=1)  # how often it came
    size = models.PositiveBigIntegerField()  # bytes of the raw mail
    envelope_from = models.CharField(max_length=320, blank=True, default="")  # "<>" for the null return path
    envelope_to = models.JSONField(default=list)  # recipients that the door named, as written
    received_at = models.DateTimeField(default=clock.now)

    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    outcome = models.CharField(max_length=11, choices=Outcome, blank=True, default="")
    reason = models.CharField(max_length=60, blank=True, default="")  # a code of mail/reasons.py; why so
    mail_class = models.CharField(max_length=10, blank=True, default="")  # inbound.classes.Class
    message_id = models.CharField(max_length=1000, blank=True, default="")
    from_name = models.CharField(max_length=150, blank=True, default="")
    from_address = models.CharField(max_length=320, blank=True, default="", db_index=True)  # lower case
    subject = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField(blank=True, default="")  # what the person wrote, for the ledger and for held mail
    html = models.TextField(blank=True, default="")  # cleaned; cleaned again when shown
    notes = models.JSONField(default=list)  # codes of what was broken or left out when it was read
    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.SET_NULL, related_name="incoming"
    )  # which it moved, or beside which it is held
    letter = models.OneToOneField(
        Message, null=True, on_delete=models.SET_NULL, related_name="incoming"
    )  # what it became
    draft = models.ForeignKey(Draft, null=True, on_delete=models.SET_NULL, related_name="incoming")
    about = models.ForeignKey(
        OutgoingMail, null=True, on_delete=models.SET_NULL, related_name="answers"
    )  # a bounce or auto-reply: of which mail of ours
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # the writer, where known
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, default=None)

    objects = LeasedRowQuerySet["IncomingMail"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="incomingmail_waiting"),
            models.Index(fields=["state", "-received_at", "-id"], name="incomingmail_by_state"),
            models.Index(fields=["-received_at", "-id"], name="incomingmail_by_time"),
            models.Index(fields=["from_address", "-received_at"], name="incomingmail_of_address"),
            models.Index(
                fields=["ticket", "received_at"],
                condition=Q(ticket__isnull=False),
                name="incomingmail_of_ticket",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_address or self.digest[:12]} {self.received_at:%Y-%m-%d %H:%M}"


class RawMail(models.Model):
    """The bytes of a mail as the door took them, compressed (zlib). A row of its own: lists never read it."""

    mail = models.OneToOneField(IncomingMail, primary_key=True, on_delete=models.CASCADE, related_name="raw")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.pk)


class AddressState(models.Model):
    """What is known of an address that mails came back from. No row: nothing bad is known."""

    address = models.CharField(max_length=320, unique=True)  # lower case
    bounce = models.CharField(max_length=9, choices=Bounce)
    since = models.DateTimeField(default=clock.now)
    at = models.DateTimeField(default=clock.now)  # of the latest bounce
    reason = models.CharField(max_length=500, blank=True, default="")  # the other server's words
    mail = models.ForeignKey(OutgoingMail, null=True, on_delete=models.SET_NULL, related_name="+")

    def __str__(self) -> str:
        return f"{self.address} {self.bounce}"


class RefusedNotices(models.Model):
    """An address whose holder wants no notices that somebody else can cause by writing in its name."""

    address = models.CharField(max_length=320, unique=True)  # lower case
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.address


class Mailbox(LeasedRow):
    """How an IMAP mailbox fares. Its address and password are in the environment; the lease says which worker
    looks after it."""

    name = models.CharField(max_length=60, unique=True)
    seen_at = models.DateTimeField(null=True, default=None)  # the last time the server answered
    message_at = models.DateTimeField(null=True, default=None)  # the last time it held a mail
    failing_since = models.DateTimeField(null=True, default=None)
    error = models.CharField(max_length=500, blank=True, default="")  # no secrets in it

    objects = LeasedRowQuerySet["Mailbox"].as_manager()

    def __str__(self) -> str:
        return self.name


class MailTemplate(models.Model):
    """The centre's own words for one kind of mail in one language, instead of the built-in template's."""

    kind = models.CharField(_("kind of mail"), max_length=40, choices=kinds.editable)
    language = models.CharField(_("language"), max_length=2, choices=Language)
    subject = models.CharField(_("subject"), max_length=300, blank=True, default="")
    body = models.TextField(
        _("text"), blank=True, default=""
    )  # the Markdown subset with {names}; empty: the built-in text
    changed_at = models.DateTimeField(_("changed"), default=clock.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("text of a mail")
        verbose_name_plural = _("texts of mails")
        constraints = [
            models.UniqueConstraint(fields=["kind", "language"], name="mailtemplate_of_kind_and_language")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.get_language_display()})"

"""The ledger of outgoing mail: a row first, then the network."""

from django.conf import settings
from django.db import models

from tawasul.accounts.models import Language
from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet
from tawasul.mail import reasons
from tawasul.tickets.models import Message, Ticket


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

    objects = LeasedRowQuerySet["OutgoingMail"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="outgoingmail_waiting"),
            models.Index(fields=["ticket", "created_at"], name="outgoingmail_of_ticket"),
            models.Index(fields=["state", "-created_at"], name="outgoingmail_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.to_address}"

    @property
    def why(self) -> str:
        """Why it waits or failed, in the active language, with the server's own words; empty where all is well."""
        return reasons.in_words(self.last_error, self.smtp_reply)

"""Events: history, audit trail and outbox at once; and personal links of whoever has no account."""

from django.conf import settings
from django.db import models

from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet
from tawasul.tickets.models.letters import Message
from tawasul.tickets.models.people import Participant
from tawasul.tickets.models.ticket import Ticket


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
        TRANSFERRED = "transferred"  # to another team
        CHANGED = "changed"  # a property: data names it, before and after
        TAGGED = "tagged"
        FOLLOWED = "followed"
        MERGED_IN = "merged_in"  # another ticket goes on in this one
        UNMERGED = "unmerged"
        SPLIT = "split"
        LINKED = "linked"
        SNOOZED = "snoozed"
        WOKE = "woke"
        CHECKED = "checked"  # an item of the checklist
        TIME_SPENT = "time_spent"
        RETRACTED = "retracted"  # an answer was taken back before it went out
        JOINED = "joined"  # a participant
        LEFT = "left"

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
    participant = models.ForeignKey(
        Participant, null=True, default=None, on_delete=models.CASCADE, related_name="links"
    )  # whose it is; null: the requester's
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "-expires_at"], name="guestlink_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.expires_at:%Y-%m-%d}"

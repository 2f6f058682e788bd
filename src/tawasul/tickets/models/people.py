"""Whom of the staff a ticket concerns beside its assignee: followers, and people mentioned in notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tawasul.accounts.models import Team
from tawasul.core import clock
from tawasul.tickets.models.letters import Message
from tawasul.tickets.models.ticket import Ticket


class Follower(models.Model):
    """A member of staff who wants to hear of everything that happens to the ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="followers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followed")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="follower_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.person_id}"


class Mention(models.Model):
    """A person or a team named in a note; it stands in their view "mentions" until they have seen it."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="mentions")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )  # of a team: one row for each member
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mention_once")]
        indexes = [
            models.Index(
                fields=["person", "seen_at", "-at", "-id"],
                condition=Q(seen_at__isnull=True),
                name="mention_unseen",
            ),
            models.Index(fields=["person", "-at", "-id"], name="mention_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"

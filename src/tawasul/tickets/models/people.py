"""Whom a ticket concerns beside its requester and its assignee: participants, followers, people mentioned in notes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tawasul.accounts.models import Language, Team
from tawasul.core import clock
from tawasul.tickets.models.letters import Message
from tawasul.tickets.models.ticket import Ticket


class Participant(models.Model):
    """Somebody beside the requester who sees the ticket in the portal, gets its mail and may write to it.

    With an account (``person``) or without one, by personal links. The other customers do not learn of a private one.
    ``name``, ``email`` and ``language`` are as they were given; an account's own count before them.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="participations",
    )
    name = models.CharField(max_length=150)
    email = models.CharField(max_length=320)
    language = models.CharField(max_length=2, choices=Language, default=Language.AR)
    is_private = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint("ticket", Lower("email"), name="participant_address_once"),
            models.UniqueConstraint(
                fields=["ticket", "person"],
                condition=Q(person__isnull=False),
                name="participant_person_once",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "id"], name="participant_person"),
            models.Index(Lower("email"), name="participant_address"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.name}"


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
                fields=["person", "-at", "-id"],
                condition=Q(seen_at__isnull=True),
                name="mention_unseen",
            ),
            models.Index(fields=["person", "-at", "-id"], name="mention_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"

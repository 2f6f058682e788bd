"""What somebody is told, one row a person and reason: behind the bell, and by mail."""

from django.conf import settings
from django.db import models

from tawasul.core import clock
from tawasul.tickets.models import Event, Ticket


class Notice(models.Model):
    """Something happened that a member of staff wants to know. ``key`` names person and reason: told once."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned"  # a ticket was given to me
        WRITTEN = "written"  # a customer wrote on a ticket of mine
        MENTIONED = "mentioned"  # a note names me, or a team of mine
        FOLLOWED = "followed"  # a letter, a note or a move on a ticket that I follow
        TEAM_NEW = "team_new"  # a new ticket for a team of mine, and nobody has it
        TRANSFERRED = "transferred"  # a ticket came to a team of mine
        DUE_SOON = "due_soon"  # the promise of a ticket of mine runs out
        OVERDUE = "overdue"  # the promised answer of a ticket of mine is late

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=15, choices=Kind)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150, blank=True, default="")  # empty: the system itself
    key = models.CharField(max_length=120, unique=True)
    in_browser = models.BooleanField(default=False)  # an open page shows it outside its window, too
    at = models.DateTimeField(default=clock.now)
    seen_at = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_person"),
            models.Index(
                fields=["person", "ticket"], condition=models.Q(seen_at__isnull=True), name="notice_unseen"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.ticket_id}"


class MailItem(models.Model):
    """One thing that a mail tells. It waits, by itself or with others of its person, until a mail takes it along or
    the person has seen it at the desk. ``key`` names the mail that it would be on its own, and is told once."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=15, choices=Notice.Kind)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="+")
    key = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True, default=None)  # told by a mail, or no longer to be told
    mail_key = models.CharField(
        max_length=120, blank=True, default=""
    )  # of the mail that told it; else empty

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "ticket"],
                condition=models.Q(settled_at__isnull=True),
                name="mailitem_waiting",
            ),
            models.Index(
                fields=["person", "-settled_at"], condition=~models.Q(mail_key=""), name="mailitem_told"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.ticket_id}"

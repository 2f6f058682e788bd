"""Who has which ticket open, and whether they are writing: one short-lived row a person and ticket."""

from django.conf import settings
from django.db import models

from tawasul.core import clock
from tawasul.tickets.models import Ticket


class Visit(models.Model):
    """A member of staff is at a ticket. The stream of their page renews ``seen_at``; a stale row counts for nothing."""

    class Doing(models.TextChoices):
        READING = "reading"
        ANSWERING = "answering"
        NOTING = "noting"

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="visits")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    doing = models.CharField(max_length=10, choices=Doing, default=Doing.READING)
    seen_at = models.DateTimeField(default=clock.now)
    typed_at = models.DateTimeField(null=True, default=None)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="visit_once")]
        indexes = [models.Index(fields=["seen_at"], name="visit_age")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.ticket_id}"


class Attendance(models.Model):
    """When a member of staff was last seen at the desk, whatever page they had open."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    seen_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["seen_at"], name="attendance_seen")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.seen_at:%H:%M}"

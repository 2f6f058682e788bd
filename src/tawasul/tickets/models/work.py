"""The work on a ticket: a checklist, and the time it took."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from tawasul.core import clock
from tawasul.tickets.models.ticket import Ticket


class ChecklistItem(models.Model):
    """One thing to do before the ticket is answered."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="checklist")
    text = models.CharField(max_length=200)
    position = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, default=None)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text


class TimeEntry(models.Model):
    """Time spent on a ticket: entered, or measured by a timer that runs while ``minutes`` is null."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="time_entries")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    minutes = models.PositiveIntegerField(null=True, default=None)
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(minutes__isnull=True), name="timeentry_one_timer_a_person"
            )
        ]
        indexes = [models.Index(fields=["ticket", "started_at"], name="timeentry_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.minutes}"

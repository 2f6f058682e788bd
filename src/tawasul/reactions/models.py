"""The worker's sign of life, and when each chore of the schedule is due again."""

from django.db import models

from tawasul.core import clock


class Heartbeat(models.Model):
    """One row a worker process; ``at`` is renewed every few seconds."""

    worker = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.worker


class Chore(models.Model):
    """When a chore of ``schedule.CHORES`` is due; whoever moves ``due_at`` on does the chore."""

    name = models.CharField(max_length=60, unique=True)
    due_at = models.DateTimeField(default=clock.now)
    last_error = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return self.name

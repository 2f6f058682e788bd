"""The worker's sign of life."""

from django.db import models

from tawasul.core import clock


class Heartbeat(models.Model):
    """One row a worker process; ``at`` is renewed every few seconds."""

    worker = models.CharField(max_length=100, unique=True)
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.worker

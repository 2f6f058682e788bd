"""The portal's own memory: how often something was done lately, so that abuse is bounded across processes."""

from django.db import models


class Tally(models.Model):
    """How often one thing was done in one window of time. What it was stands here only as a keyed hash."""

    what = models.CharField(max_length=64)
    window = models.DateTimeField()  # when the window began
    count = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "window"], name="tally_once_a_window")]
        indexes = [models.Index(fields=["window"], name="tally_age")]

    def __str__(self) -> str:
        return f"{self.window:%Y-%m-%d %H:%M} {self.count}"

"""A job over many tickets, and what became of each of them."""

from django.conf import settings
from django.db import models

from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet
from tawasul.tickets.models import Ticket


class BulkJob(LeasedRow):
    """One action that a member of staff ordered over a selection or a whole view.

    ``key`` is the form's, so that one order is one job. While ``undo_asked_at`` is null the worker does the items;
    afterwards it takes back those that were done.
    """

    class Action(models.TextChoices):
        ASSIGN = "assign"
        TRANSFER = "transfer"
        TAG = "tag"
        UNTAG = "untag"
        SERVICE = "service"
        FIELD = "field"
        CLOSE = "close"
        ANSWER = "answer"
        MERGE = "merge"
        SPAM = "spam"

    key = models.UUIDField(unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=10, choices=Action)
    params = models.JSONField(default=dict)
    query = models.TextField(blank=True, default="")  # of a whole view: its filter, canonical
    total = models.PositiveIntegerField(default=0)
    finished = models.PositiveIntegerField(default=0)  # items that are no longer waiting
    created_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, default=None)
    undo_until = models.DateTimeField(null=True, default=None)
    undo_asked_at = models.DateTimeField(null=True, default=None)
    undone_at = models.DateTimeField(null=True, default=None)

    objects = LeasedRowQuerySet["BulkJob"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="bulkjob_of_person"),
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="bulkjob_waiting"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.total}"


class BulkItem(models.Model):
    """One ticket of a job. ``before`` is what taking it back restores, ``version`` the ticket's after the change."""

    class Outcome(models.TextChoices):
        WAITING = "waiting"
        DONE = "done"
        UNCHANGED = "unchanged"  # it was so already
        REFUSED = "refused"  # it cannot be; ``why`` says what stands in the way
        UNDONE = "undone"
        CHANGED_SINCE = "changed_since"  # somebody went on with it: it is not taken back

    job = models.ForeignKey(BulkJob, on_delete=models.CASCADE, related_name="items")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    outcome = models.CharField(max_length=15, choices=Outcome, default=Outcome.WAITING)
    why = models.CharField(max_length=40, blank=True, default="")
    before = models.JSONField(default=dict)
    version = models.PositiveIntegerField(null=True, default=None)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["job", "ticket"], name="bulkitem_once")]
        indexes = [models.Index(fields=["job", "outcome", "id"], name="bulkitem_waiting")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.ticket_id} {self.outcome}"

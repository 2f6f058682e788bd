"""How long jobs are kept once they are over."""

from datetime import timedelta
from typing import Final

from django.db import transaction

from tawasul.bulk.models import BulkItem, BulkJob
from tawasul.core import clock

# A job's page tells what a ticket's own history tells as well. Its rows are many, up to ten thousand a job, and whoever
# asks what a job did asks within weeks: a quarter of a year, as with the notices, is no promise that a centre must set.
KEPT_FOR: Final = timedelta(days=90)
BUNDLE: Final = 2000  # rows of one transaction, so that nobody waits for the database meanwhile


def drop_old() -> int:
    """Forget jobs that were over more than KEPT_FOR ago, with what they noted of each ticket; how many. What they did
    stays in the tickets' histories. A job that runs, or that may still be taken back, is never among them."""
    now, dropped = clock.now(), 0
    over = BulkJob.objects.filter(done_at__lt=now - KEPT_FOR).exclude(undo_until__gt=now)
    for pk in over.order_by("pk").values_list("pk", flat=True):
        dropped += _drop(pk)
    return dropped


def _drop(pk: int) -> bool:
    """The rows in bundles, the job with the last ones. Jobs that are over so long are nobody's to change any more."""
    while True:
        with transaction.atomic():
            rows = list(BulkItem.objects.filter(job=pk).values_list("pk", flat=True)[:BUNDLE])
            BulkItem.objects.filter(pk__in=rows).delete()
            if len(rows) < BUNDLE:
                return bool(BulkJob.objects.filter(pk=pk).delete()[0])

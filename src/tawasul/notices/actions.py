"""Verbs about notices: choosing where one is told, having seen them, forgetting old ones."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.prepared import Prepared
from tawasul.notices import choices
from tawasul.notices.models import Notice
from tawasul.tickets.models import Ticket

KEPT_FOR: Final = timedelta(days=90)
BUNDLE: Final = 1000

_UNSEEN: Final = Prepared(
    lambda ticket, person: Notice.objects.filter(
        person_id=person, ticket_id=ticket, seen_at__isnull=True
    ).values_list("pk")[:1]
)


@transaction.atomic
def choose(person: Person, chosen: Mapping[str, Collection[str]] | None) -> None:
    """Keep where the person wants to be told, channels by kind; None: as the centre suggests."""
    row = Person.objects.select_for_update().only("desk_choices").get(pk=person.pk)
    kept = {name: value for name, value in row.desk_choices.items() if name != choices.KEPT}
    if chosen is not None:
        kept[choices.KEPT] = choices.kept_of(chosen)
    row.desk_choices = person.desk_choices = kept
    row.save(update_fields=["desk_choices"])


def see(ticket: Ticket, person: Person) -> None:
    """The person has the ticket before them: its notices are seen. A page without such writes nothing."""
    if _UNSEEN.first(ticket.pk, person.pk) is not None:
        Notice.objects.filter(person=person, ticket=ticket, seen_at=None).update(seen_at=clock.now())


def see_all(person: Person) -> int:
    """Everything up to now is seen; how many were not."""
    return Notice.objects.filter(person=person, seen_at=None).update(seen_at=clock.now())


def drop_old() -> int:
    """Forget what was told longer than KEPT_FOR ago, the oldest first in small bundles; how many."""
    limit, dropped = clock.now() - KEPT_FOR, 0
    while True:
        oldest = Notice.objects.order_by("pk").values_list("pk", "at")[:BUNDLE]
        keys = [pk for pk, at in oldest if at < limit]
        if keys:
            dropped += Notice.objects.filter(pk__in=keys).delete()[0]
        if len(keys) < BUNDLE:
            return dropped

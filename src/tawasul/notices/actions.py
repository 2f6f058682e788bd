"""Verbs about notices: choosing where one is told, having seen them, forgetting old ones."""

from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Final

from django.db import transaction

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.prepared import PreparedPresence
from tawasul.notices import choices
from tawasul.notices.models import MailItem, Notice
from tawasul.tickets.models import Ticket

KEPT_FOR: Final = timedelta(days=90)
BUNDLE: Final = 1000

_UNSEEN: Final = PreparedPresence(
    lambda ticket, person: {
        "bell": Notice.objects.filter(person_id=person, ticket_id=ticket, seen_at__isnull=True),
        "mail": MailItem.objects.filter(person_id=person, ticket_id=ticket, settled_at__isnull=True),
    }
)


@transaction.atomic
def choose(person: Person, chosen: Mapping[str, Collection[str]] | None, *, each: bool = False) -> None:
    """Keep where the person wants to be told, channels by kind, and whether ``each`` notice is to be a mail of its own;
    None: as the centre suggests."""
    row = Person.objects.select_for_update().only("desk_choices").get(pk=person.pk)
    ours = {choices.KEPT, choices.SEVERALLY}
    kept = {name: value for name, value in row.desk_choices.items() if name not in ours}
    if chosen is not None:
        kept[choices.KEPT] = choices.kept_of(chosen)
        if each:
            kept[choices.SEVERALLY] = True
    row.desk_choices = person.desk_choices = kept
    row.save(update_fields=["desk_choices"])


def see(ticket: Ticket, person: Person) -> None:
    """The person has the ticket before them: its notices are seen, and no mail tells them any more. A page without such
    writes nothing."""
    found = _UNSEEN.present(ticket.pk, person.pk)
    if found:
        with transaction.atomic():
            if "bell" in found:
                Notice.objects.filter(person=person, ticket=ticket, seen_at=None).update(seen_at=clock.now())
            if "mail" in found:
                waiting = MailItem.objects.filter(person=person, ticket=ticket, settled_at=None)
                waiting.update(settled_at=clock.now())


@transaction.atomic
def see_all(person: Person) -> int:
    """Everything up to now is seen, and no mail tells it any more; how many were not."""
    MailItem.objects.filter(person=person, settled_at=None).update(settled_at=clock.now())
    return Notice.objects.filter(person=person, seen_at=None).update(seen_at=clock.now())


def drop_old() -> int:
    """Forget what was told longer than KEPT_FOR ago, the oldest first in small bundles; how many."""
    return _drop_old(Notice) + _drop_old(MailItem)


def _drop_old(model: type[Notice] | type[MailItem]) -> int:
    limit, dropped = clock.now() - KEPT_FOR, 0
    while True:
        oldest = model._default_manager.order_by("pk").values_list("pk", "at")[:BUNDLE]
        keys = [pk for pk, at in oldest if at < limit]
        if keys:
            dropped += model._default_manager.filter(pk__in=keys).delete()[0]
        if len(keys) < BUNDLE:
            return dropped

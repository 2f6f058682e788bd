"""Verbs about the desk's own words."""

from django.db import transaction

from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Person
from tawasul.core.kept import forget_all
from tawasul.tickets.models import Tag, Tagging


class NotMergeableTags(Exception):
    """A tag does not go into itself, nor into one that is not offered."""


@transaction.atomic
def merge_tags(tag: Tag, into: Tag, *, by: Person) -> int:
    """Put every ticket of ``tag`` under ``into`` and switch ``tag`` off; returns how many tickets it stood on.

    It is kept, switched off, since saved views and histories name it. Raises NotMergeableTags.
    """
    rows = {row.pk: row for row in Tag.objects.select_for_update().filter(pk__in=[tag.pk, into.pk])}
    if tag.pk == into.pk or len(rows) < 2 or not rows[into.pk].is_active:
        raise NotMergeableTags
    both = Tagging.objects.filter(tag=into).values("ticket")
    Tagging.objects.filter(tag=tag, ticket__in=both).delete()
    moved = Tagging.objects.filter(tag=tag).update(tag=into)
    was_active = rows[tag.pk].is_active
    Tag.objects.filter(pk=tag.pk).update(is_active=False)
    names = {"ar": into.name_ar, "en": into.name_en}
    before = {"is_active": was_active, "merged_into": None}
    record_change("tags", tag, before, {"is_active": False, "merged_into": names}, by)
    transaction.on_commit(forget_all)
    return moved

"""Writing down what staff have ready: one function a verb, one transaction, the difference kept in the history."""

from typing import Any

from django.db import models, transaction
from django.db.models import F

from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.replies import queries
from tawasul.replies.models import CannedReply, Macro, Signature
from tawasul.search.normalise import normalise

NOUNS: dict[type[models.Model], str] = {
    CannedReply: "canned-reply",
    Macro: "macro",
    Signature: "signature",
}
_NOT_KEPT = {"id", "search_key", "used", "updated_at", "owner"}


def state_of(row: models.Model) -> dict[str, Any]:
    """What the history keeps of a row: its columns as a reader would recognise them."""
    state: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in _NOT_KEPT:
            continue
        value = getattr(row, field.name)
        state[field.name] = value if isinstance(value, bool | int | list) else str(value or "")
    return state


@transaction.atomic
def save(row: CannedReply | Macro | Signature, *, by: Person) -> None:
    """Add or change it."""
    model = type(row)
    old = model._default_manager.select_for_update(of=("self",)).filter(pk=row.pk).first() if row.pk else None
    before = state_of(old) if old is not None else {}
    row.updated_at = clock.now()
    if isinstance(row, CannedReply):
        row.search_key = normalise(
            "\n".join((row.name_ar, row.name_en, row.shortcut, row.text_ar, row.text_en))
        )
    row.save()
    record_change(NOUNS[model], row, before, state_of(row), by)
    queries.signatures.forget()
    transaction.on_commit(queries.signatures.forget)


@transaction.atomic
def remove(row: CannedReply | Macro | Signature, *, by: Person) -> None:
    """Take it away for good; the history keeps what it was."""
    record_change(NOUNS[type(row)], row, state_of(row), {}, by)
    row.delete()
    queries.signatures.forget()
    transaction.on_commit(queries.signatures.forget)


def count_use(reply: CannedReply) -> None:
    """One more answer began with it."""
    CannedReply.objects.filter(pk=reply.pk).update(used=F("used") + 1)

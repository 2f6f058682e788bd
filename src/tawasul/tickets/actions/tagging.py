"""Verbs about tags and followers."""

from django.db import IntegrityError, transaction

from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.core.prepared import Prepared, insert
from tawasul.search.normalise import normalise
from tawasul.tickets.actions.record import in_one, record, save
from tawasul.tickets.models import Event, Follower, Tag, Tagging, Ticket
from tawasul.tickets.writers import Writer

MOST_TAGS = 20  # of one ticket
LONGEST_TAG = 60  # characters

tags = Kept(lambda: {tag.pk: tag for tag in Tag.objects.all()})

_WORN = Prepared(lambda ticket: Tagging.objects.filter(ticket=ticket).values_list("tag"))


class TooManyTags(Exception):
    """The ticket has MOST_TAGS already."""


def find(typed: str) -> Tag | None:
    """The offered tag that is meant, by either of its names, however it is spelt; None where there is none."""
    wanted = normalise(typed.strip())
    return next(
        (
            tag
            for tag in tags().values()
            if tag.is_active and wanted in {normalise(tag.name_ar), normalise(tag.name_en)}
        ),
        None,
    )


def completions(typed: str, most: int = 8) -> list[Tag]:
    """Offered tags with a word, in either language, that begins with what was typed; those that begin with it first."""
    wanted = normalise(typed.strip())
    found = []
    for tag in tags().values():
        names = [normalise(tag.name_ar), normalise(tag.name_en)]
        if tag.is_active and any(f" {wanted}" in f" {name}" for name in names):
            found.append((not any(name.startswith(wanted) for name in names), str(tag), tag))
    return [tag for _later, _name, tag in sorted(found, key=lambda one: one[:2])[:most]]


def create(*, name_ar: str, name_en: str = "", by: Person) -> Tag:
    """A new word; without the other language's name it has the same one in both. What exists already is offered
    again and returned. The history of settings keeps either."""
    name_en = name_en or name_ar
    existing = next(
        (tag for tag in tags().values() if {normalise(name_ar), normalise(name_en)} & _spellings(tag)), None
    )
    try:
        with transaction.atomic():
            if existing is None:
                existing = Tag.objects.create(name_ar=name_ar, name_en=name_en)
                record_change("tags", existing, {}, {"name_ar": name_ar, "name_en": name_en}, by)
            elif not existing.is_active:
                Tag.objects.filter(pk=existing.pk).update(is_active=True)
                record_change("tags", existing, {"is_active": False}, {"is_active": True}, by)
    except IntegrityError:  # somebody else's press of the same button was first
        existing = Tag.objects.get(name_ar=name_ar)
    tags.forget()
    return existing


@in_one
def tag(ticket: Ticket, word: Tag, *, by: Person) -> bool:
    """Put a tag on the ticket; False where it is there already. Raises TooManyTags."""
    row = Ticket.objects.locked(ticket.pk)
    worn = {key for (key,) in _WORN(row.pk)}
    if word.pk in worn:
        return False
    if len(worn) >= MOST_TAGS:
        raise TooManyTags
    insert(Tagging(ticket=row, tag=word))
    _tagged(row, ticket, by, added=word)
    return True


@in_one
def untag(ticket: Ticket, word: Tag, *, by: Person) -> bool:
    """Take a tag off the ticket; False where it is not there."""
    row = Ticket.objects.locked(ticket.pk)
    if not Tagging.objects.filter(ticket=row, tag=word).delete()[0]:
        return False
    _tagged(row, ticket, by, removed=word)
    return True


@transaction.atomic
def follow(ticket: Ticket, *, by: Person) -> bool:
    """Hear of everything that happens to the ticket; False for whoever does already."""
    row = Ticket.objects.locked(ticket.pk)
    _follower, made = Follower.objects.get_or_create(ticket=row, person=by)
    if made:
        _followed(row, ticket, by, ended=False)
    return made


@transaction.atomic
def unfollow(ticket: Ticket, *, by: Person) -> bool:
    """No longer; False for whoever does not follow."""
    row = Ticket.objects.locked(ticket.pk)
    gone = bool(Follower.objects.filter(ticket=row, person=by).delete()[0])
    if gone:
        _followed(row, ticket, by, ended=True)
    return gone


def _followed(row: Ticket, given: Ticket, by: Person, *, ended: bool) -> None:
    row.version += 1
    save(row, given)
    record(row, Event.Kind.FOLLOWED, Writer.of(by), clock.now(), ended=ended)


def _tagged(
    row: Ticket, given: Ticket, by: Person, *, added: Tag | None = None, removed: Tag | None = None
) -> None:
    word = added or removed
    assert word is not None
    row.version += 1
    save(row, given)
    record(
        row,
        Event.Kind.TAGGED,
        Writer.of(by),
        clock.now(),
        tag=word.pk,
        names={"ar": word.name_ar, "en": word.name_en},
        removed=removed is not None,
    )


def _spellings(word: Tag) -> set[str]:
    return {normalise(word.name_ar), normalise(word.name_en)}

"""The files of a mail: through the same gate and under the same limits as uploads. What is refused is listed."""

from collections.abc import Callable
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile

from tawasul.accounts.models import Person
from tawasul.mail.handling.reading import File, Reading
from tawasul.tickets import direct, drafts
from tawasul.tickets.models import Attachment, Draft, RefusedFile, Ticket

MOST_EXAMINED: Final = 40  # files of one mail that the gate looks at; further ones are too many in any case
_FOR_NOW: Final = {"scanner_down", "busy"}  # reasons that say nothing of the file


class Later(Exception):
    """A file could be neither taken nor refused just now; the whole mail waits."""


def gather(
    reading: Reading,
    *,
    kind: str,
    address: str,
    person: Person | None,
    ticket: Ticket | None,
    alive: Callable[[], None] = lambda: None,
) -> Draft:
    """A draft that holds the mail's files, and those refused, for the letter that it is to become. Nobody's list of
    drafts shows it.

    ``address`` is the writer's, in lower case. ``alive`` is called after each file: they may take seconds. Call it
    outside a transaction. Raises Later, and then keeps nothing.
    """
    draft = Draft.objects.create(kind=kind, ticket=ticket, browser_hash=direct.pocket(address))
    try:
        for place, file in enumerate(reading.files):
            _add(draft, file, person, look=place < MOST_EXAMINED)
            alive()
    except BaseException:
        drafts.discard(draft)
        raise
    return draft


def drop(draft: Draft | None) -> None:
    """Forget a draft that no letter was made of, with its files."""
    if draft is not None and Draft.objects.filter(pk=draft.pk).exists():
        drafts.discard(draft)


def _add(draft: Draft, file: File, person: Person | None, *, look: bool) -> None:
    reason, name = drafts.COUNT, file.name
    if look:
        upload = SimpleUploadedFile(file.name, file.content, file.type)
        (result,) = drafts.add_files(draft, [upload], by=person)
        if not isinstance(result, drafts.Refusal):
            if file.cid:
                Attachment.objects.filter(draft=draft, file=result).update(content_id=file.cid)
            return
        reason, name = result.reason, result.name
        if reason.partition("?")[0] in _FOR_NOW:
            raise Later(reason)
    RefusedFile.objects.create(
        draft=draft, name=name, type=file.type, size=len(file.content), reason=reason[:500]
    )

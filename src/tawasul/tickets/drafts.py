"""What someone is writing and has not sent: kept while they write, with its files, and discarded or sent once.

A draft's row is made only when there is something to keep, so that opening a form writes nothing; until then the
key stands in the form alone. A draft belongs to a person, or, without an account, to a browser.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.utils.translation import gettext, ngettext

from tawasul.accounts.models import Person
from tawasul.attachments import actions as attachments
from tawasul.attachments import reasons
from tawasul.attachments.models import StoredFile
from tawasul.core import centre, clock
from tawasul.core.prepared import Prepared
from tawasul.core.text import clean_line
from tawasul.tickets.models import Attachment, Draft, Message, Ticket

MOST_DRAFTS = 30  # of one person or browser; the oldest untouched ones make room
MOST_REFUSALS = 20  # refused files that stay listed
_REFUSED = "refused"  # in Draft.fields: files that were not accepted, with their reasons
COUNT, TOTAL = "count", "total"  # our own reasons, beside those of attachments

_NEWEST_ABOUT = Prepared(  # what a ticket's page asks
    lambda owner, kind, ticket: Draft.objects.filter(owner=owner, kind=kind, ticket=ticket).order_by(
        "-updated_at"
    )[:1]
)
_OWN = Prepared(lambda key, owner, kind: Draft.objects.filter(pk=key, owner=owner, kind=kind))
_ALL_OF = Prepared(
    lambda owner, kind: Draft.objects.filter(owner=owner, kind=kind).order_by("-updated_at")[:MOST_DRAFTS]
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A file that was not accepted, listed until it is removed."""

    id: str
    name: str
    reason: str  # a code of attachments.reasons, or COUNT or TOTAL

    @property
    def why(self) -> str:
        """The reason in the active language."""
        return why(self.reason)


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose drafts are meant: a person's, or those of a browser without an account."""

    person: Person | None = None
    browser_hash: str = ""

    @property
    def conditions(self) -> dict[str, Any]:
        """The filter that finds them."""
        if self.person is not None:
            return {"owner": self.person}
        return {"owner": None, "browser_hash": self.browser_hash or "nobody"}


def newest(whose: Whose, kind: str, *, ticket: Ticket | None = None) -> Draft | None:
    """The draft of this kind that was touched last."""
    if whose.person is not None and ticket is not None:
        return _NEWEST_ABOUT.first(whose.person.pk, kind, ticket.pk)
    return Draft.objects.filter(**whose.conditions, kind=kind, ticket=ticket).order_by("-updated_at").first()


def own(key: uuid.UUID, whose: Whose, kind: str) -> Draft | None:
    """The writer's draft of this kind by its key; None where there is none, or it is somebody else's."""
    if whose.person is not None:
        return _OWN.first(key, whose.person.pk, kind)
    return Draft.objects.filter(**whose.conditions, pk=key, kind=kind).first()


def adopt(key: uuid.UUID, person: Person, browser_hash: str) -> Draft | None:
    """Give the person what was written in this browser before they signed in; None where there is no such draft."""
    if not browser_hash:
        return None
    mine = Draft.objects.filter(pk=key, kind=Draft.Kind.TICKET, owner=None, browser_hash=browser_hash)
    if not mine.update(owner=person, browser_hash=""):
        return None
    return Draft.objects.get(pk=key)


def all_of(person: Person, kind: str) -> list[Draft]:
    """A person's drafts of this kind, the last touched first."""
    return _ALL_OF(person.pk, kind)


def of_colleagues(ticket: Ticket, person: Person) -> list[Draft]:
    """What other staff are writing about the ticket, the last touched first: drafts with a text, answers and notes.
    The customer's own draft is nobody's to read."""
    kinds = (Draft.Kind.ANSWER, Draft.Kind.NOTE)
    rows = Draft.objects.filter(ticket=ticket, kind__in=kinds, owner__is_staff=True).exclude(owner=person)
    found = rows.select_related("owner").order_by("-updated_at", "pk")[:MOST_DRAFTS]
    return [draft for draft in found if typed(draft).get("text", "").strip()]


def keep(
    key: uuid.UUID,
    whose: Whose,
    kind: str,
    *,
    fields: Mapping[str, str] | None = None,
    ticket: Ticket | None = None,
) -> Draft | None:
    """Write down what was typed, making the draft where there is none. None where the key was already sent, or
    belongs to somebody else.

    ``fields`` are the form's answers as typed; None leaves what was kept. Refused files stay listed.
    """
    if fields is not None:  # PostgreSQL keeps no NUL
        fields = {name: value.replace("\0", "") for name, value in fields.items()}
    draft = Draft.objects.filter(pk=key).first()
    if draft is None:
        if Message.objects.filter(submission=key).exists():
            return None
        _make_room(whose, kind)
        draft = Draft(
            key=key,
            kind=kind,
            owner=whose.person,
            browser_hash="" if whose.person else whose.browser_hash,
            ticket=ticket,
            fields=dict(fields or {}),
        )
        try:
            with transaction.atomic():
                draft.save(force_insert=True)
            if Message.objects.filter(submission=key).exists():  # sent while this was being kept
                discard(draft)
                return None
            return draft
        except IntegrityError:  # the same form in another request made it just now
            draft = Draft.objects.filter(pk=key).first()
    if draft is None or not _is_whose(draft, whose) or draft.kind != kind:
        return None
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=key).first()
        if row is None:  # sent or discarded this moment
            return None
        if fields is not None:
            refused = {_REFUSED: row.fields[_REFUSED]} if _REFUSED in row.fields else {}
            row.fields = {**dict(fields), **refused}
        row.updated_at = clock.now()
        row.save(update_fields=["fields", "updated_at"])
    return row


def typed(draft: Draft | None) -> dict[str, str]:
    """The answers a draft keeps, as they were typed."""
    if draft is None:
        return {}
    return {name: value for name, value in draft.fields.items() if isinstance(value, str)}


def files_of(draft: Draft | None) -> list[StoredFile]:
    """The files of a draft in the order they came: one query."""
    if draft is None:
        return []
    attachments_of = Attachment.objects.filter(draft=draft).select_related("file").order_by("pk")
    return [attachment.file for attachment in attachments_of]


def refusals_of(draft: Draft | None) -> list[Refusal]:
    """The files that were not accepted and have not been removed from the list."""
    if draft is None:
        return []
    return [Refusal(str(r["id"]), str(r["name"]), str(r["reason"])) for r in draft.fields.get(_REFUSED, [])]


def add_files(
    draft: Draft, uploads: "Sequence[UploadedFile[Any]]", *, by: Person | None
) -> list[StoredFile | Refusal]:
    """Store each upload into the draft; what is refused stays listed with its reason, the others are kept.

    The answer has one item an upload, in their order.
    """
    results: list[StoredFile | Refusal] = []
    refused: list[Refusal] = []
    count, total = _used(draft)
    limits = centre.current()
    for upload in uploads:
        reason = ""
        if count >= limits.files_max_count:
            reason = COUNT
        elif total + (upload.size or 0) > limits.files_max_total:
            reason = TOTAL
        else:
            try:
                file = attachments.store(upload, by=by)
            except attachments.Refused as no:
                reason = no.reason
            else:
                reason = _attach(draft, file)
                if not reason:
                    results.append(file)
                    count, total = count + 1, total + file.size
        if reason:
            refusal = Refusal(uuid.uuid4().hex, clean_line(upload.name or "")[:200] or "?", reason)
            refused.append(refusal)
            results.append(refusal)
    if refused:
        _list_refused(draft, refused)
    return results


def remove_file(draft: Draft, file_id: str) -> None:
    """Take a file, or a refused one's line, off the draft. What is not there is gone already."""
    try:
        wanted = uuid.UUID(file_id)
    except ValueError:
        return
    attachment = Attachment.objects.filter(draft=draft, file_id=wanted).select_related("file").first()
    if attachment is not None:
        attachment.delete()
        attachments.discard(attachment.file)
        return
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is not None and any(r["id"] == wanted.hex for r in row.fields.get(_REFUSED, [])):
            row.fields[_REFUSED] = [r for r in row.fields[_REFUSED] if r["id"] != wanted.hex]
            row.save(update_fields=["fields"])
            draft.fields = row.fields


def discard(draft: Draft) -> None:
    """Throw the draft away with its files."""
    kept = files_of(draft)
    draft.delete()  # its attachments go with it
    for file in kept:
        attachments.discard(file)


def why(reason: str) -> str:
    """Why a file was not accepted, in the active language, and what to do about it."""
    limits = centre.current()
    if reason == COUNT:
        return ngettext(
            "At most %(count)d file can be attached. Remove one first.",
            "At most %(count)d files can be attached. Remove one first.",
            limits.files_max_count,
        ) % {"count": limits.files_max_count}
    if reason == TOTAL:
        return gettext("All files of a ticket together may have %(size)d MB. Attach a smaller one.") % {
            "size": limits.files_max_megabytes
        }
    return reasons.message(reason)


def _attach(draft: Draft, file: StoredFile) -> str:
    """Put a stored file on the draft under its lock, so that uploads side by side keep to the limits; else the
    reason, and the file is gone again."""
    limits = centre.current()
    with transaction.atomic():
        Draft.objects.select_for_update().filter(pk=draft.pk).first()
        count, total = _used(draft)
        if count >= limits.files_max_count:
            reason = COUNT
        elif total + file.size > limits.files_max_total:
            reason = TOTAL
        else:
            Attachment.objects.create(draft=draft, file=file)
            return ""
    attachments.discard(file)
    return reason


def _used(draft: Draft) -> tuple[int, int]:
    """How many files the draft has, and the bytes of these and of the ticket's together."""
    sizes = list(Attachment.objects.filter(draft=draft).values_list("file__size", flat=True))
    total = sum(sizes)
    if draft.ticket_id is not None:
        sent = Attachment.objects.filter(message__ticket_id=draft.ticket_id).aggregate(
            bytes=Sum("file__size")
        )
        total += sent["bytes"] or 0
    return len(sizes), total


def _list_refused(draft: Draft, refused: Sequence[Refusal]) -> None:
    with transaction.atomic():
        row = Draft.objects.select_for_update().filter(pk=draft.pk).first()
        if row is None:
            return
        listed = row.fields.get(_REFUSED, []) + [
            {"id": r.id, "name": r.name, "reason": r.reason} for r in refused
        ]
        row.fields[_REFUSED] = listed[-MOST_REFUSALS:]
        row.save(update_fields=["fields"])
        draft.fields = row.fields


def _is_whose(draft: Draft, whose: Whose) -> bool:
    if draft.owner_id is not None:
        return whose.person is not None and draft.owner_id == whose.person.pk
    return whose.person is None and bool(whose.browser_hash) and draft.browser_hash == whose.browser_hash


def _make_room(whose: Whose, kind: str) -> None:
    # One more than this many is no person writing; the longest untouched go first.
    many = Draft.objects.filter(**whose.conditions, kind=kind).order_by("-updated_at")[
        MOST_DRAFTS - 1 : MOST_DRAFTS + 9
    ]
    for old in many:
        discard(old)

"""The ticket as staff see it: letters and notes, the dossier, and the two composers that cannot be mixed up."""

import math
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.accounts.queries import colleagues
from tawasul.accounts.roles import Permission
from tawasul.attachments.models import StoredFile
from tawasul.core import clock
from tawasul.desk import dossier, gate, ledger, neighbours, participants, parts, recipients, together, values
from tawasul.desk.due import due_of
from tawasul.desk.forms import AnswerForm, AssigneeForm, ClosureForm, HoldForm, LetterForm, NoteForm
from tawasul.desk.offers import Offer
from tawasul.desk.views.queue import shown_queue
from tawasul.live import visits
from tawasul.mail import ledger as mail_ledger
from tawasul.mail import queries as mail_queries
from tawasul.mail.models import OutgoingMail
from tawasul.tickets import access, drafts, mentions, queries, workflow
from tawasul.tickets.models import Draft, Message, Status, Ticket
from tawasul.ui.turn import turn_of

ANSWER, NOTE = "answer", "note"
ANSWERED = "answered"  # in the next ticket's address: the letter just sent, which may still be taken back
FORMS: dict[str, type[LetterForm]] = {ANSWER: AnswerForm, NOTE: NoteForm}
KINDS = {ANSWER: Draft.Kind.ANSWER, NOTE: Draft.Kind.NOTE}


@dataclass(slots=True)
class Composer:
    """One of the two composers: its form, and what is already uploaded into its draft."""

    kind: str
    form: LetterForm
    key: uuid.UUID
    files: list[StoredFile] = field(default_factory=list)
    refused: list[drafts.Refusal] = field(default_factory=list)
    kept: bool = False  # a draft was found and its text stands in the form


def page(
    request: HttpRequest,
    ticket: Ticket,
    *,
    composer: Composer | None = None,
    assignee: AssigneeForm | None = None,
    hold: HoldForm | None = None,
    closure: ClosureForm | None = None,
    edited: dossier.Edited | None = None,
    preview: str = "",
    overtaken: list[Message] | None = None,
    problem: str = "",
    offered: Sequence[Offer] = (),
    status: int = 200,
) -> HttpResponse:
    """Draw the ticket. What was typed comes back in the form it is given; ``problem`` says why it was not done."""
    person = gate.staff_member(request)
    there = parts.of_ticket(ticket, person)
    if "mention" in there:
        mentions.see(ticket, person)
    entries = queries.conversation(ticket, for_staff=True)
    newest = max(
        (e.message.pk for e in entries if e.message and e.message.kind != Message.Kind.NOTE), default=0
    )
    if composer is None:
        asked = request.GET.get("compose", "")
        silent = ticket.status == Status.CLOSED or not roles.may(person, Permission.ANSWER)
        kind = NOTE if asked == NOTE or silent else ANSWER
        composer = begun(person, ticket, kind, seen=newest, kept="draft" in there)
    mails = mail_queries.mails_of(ticket) if "mails_out" in there else []
    beside = shown_queue(request, default=view_of(ticket, person))
    taking_part = participants.of_ticket(ticket, entries)
    context: dict[str, Any] = {
        **beside,
        "neighbours": neighbours.around(request, ticket, beside),
        "ticket": ticket,
        **together.of_ticket(ticket, person, entries, has_links="links" in there),
        **taking_part,
        "answer_to": recipients.choice(ticket, composer.form, taking_part["participants"]),
        "departed": recipients.departed(),
        "untold": recipients.untold(entries),
        "role_of": recipients.role_of(_roles(), taking_part["participants"]),
        "entries": entries,
        "newest": newest,
        "form": composer.form,
        **shown_files(ticket, composer),
        "hold": hold or HoldForm(),
        "closure": closure or ClosureForm(),
        "assignee": assignee or AssigneeForm(staff=_may_have(ticket), chosen=ticket.assignee_id),
        "anybody": AssigneeForm.choices_of(colleagues()),
        "mails": mails,
        "mails_of_letters": _by_letter(mails),
        **ledger.trouble_of(mails),
        **ledger.of_ticket(ticket, mail_ledger.of_ticket(ticket) if "mails_in" in there else ()),
        "turn": turn_of(ticket, viewer="staff"),
        "due": due_of(ticket, clock.now()),
        "may": {
            name: workflow.possible(ticket, name) and roles.may(person, Permission.ANSWER)
            for name in workflow.MOVES
        },
        **dossier.context(ticket, person, edited, there),
        "own_values": values.of_ticket(ticket, edited),
        "preview": preview,
        "overtaken": overtaken or [],
        "offered": offered,
        "undo": _still_here(ticket, entries, person),
        "answered": _just_answered(request, person),
        "problem": problem,
        "others_here": [one for one in visits.at(ticket.pk) if one.person != person.pk]
        if "visits" in there
        else [],
        "invalid": status == 422,
    }
    return render(request, "desk/ticket.html", context, status=status)


def shown_files(ticket: Ticket, composer: Composer) -> dict[str, Any]:
    """What the list of a draft's files needs: its addresses, and the refused files with their reasons."""
    place = [ticket.spoken_number, composer.kind, composer.key]
    return {
        "composer": composer,
        "draft_url": reverse("desk:draft", args=place),
        "files_url": reverse("desk:draft_files", args=place),
        "removals": {
            file.pk: reverse("desk:draft_file_removal", args=[*place, file.pk]) for file in composer.files
        },
        "refused": [
            (
                refusal.name,
                refusal.why,
                reverse("desk:draft_file_removal", args=[*place, uuid.UUID(refusal.id)]),
            )
            for refusal in composer.refused
        ],
    }


def begun(person: Person, ticket: Ticket, kind: str, *, seen: int, kept: bool = True) -> Composer:
    """The composer as the person left it: their draft of this kind, or an empty one with a fresh key. Where it is
    known that nothing is ``kept``, nothing is looked for."""
    draft = drafts.newest(drafts.Whose(person), KINDS[kind], ticket=ticket) if kept else None
    key = draft.key if draft else uuid.uuid4()
    form = FORMS[kind](initial={"text": "", **drafts.typed(draft), "draft": key, "seen": seen})
    return Composer(kind, form, key, drafts.files_of(draft), drafts.refusals_of(draft), kept=bool(draft))


def returned(form: LetterForm, kind: str, draft: Draft | None) -> Composer:
    """The composer with everything as it was sent, to be corrected or sent again."""
    return Composer(
        kind, form, form.key, drafts.files_of(draft), drafts.refusals_of(draft), kept=draft is not None
    )


def _still_here(ticket: Ticket, entries: Sequence[queries.Entry], person: Person) -> dict[str, Any] | None:
    """The person's own answer that may be taken back, the seconds left for that, and the ticket it was written in."""
    now = clock.now()
    for entry in reversed(entries):
        letter = entry.message
        if letter and letter.shown_from and letter.shown_from > now and letter.author_id == person.pk:
            return {**_held(letter, letter.shown_from, now), "ticket": letter.home or ticket}
    return None


def _just_answered(request: HttpRequest, person: Person) -> dict[str, Any] | None:
    """The person's answer to the ticket before this one, while it may be taken back."""
    asked = request.GET.get(ANSWERED, "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 18):
        return None
    now = clock.now()
    letters = Message.objects.filter(pk=int(asked), author=person, shown_from__gt=now)
    letter = letters.select_related("ticket").first()
    if letter is None or letter.shown_from is None or not access.is_open_to(person, letter.ticket):
        return None
    return {**_held(letter, letter.shown_from, now), "ticket": letter.ticket}


def _held(letter: queries.Letter | Message, shown_from: datetime, now: datetime) -> dict[str, Any]:
    return {
        "pk": letter.pk,
        "seconds": math.ceil((shown_from - now).total_seconds()),
        "nowhere": recipients.reaches_nobody(letter),
    }


def _may_have(ticket: Ticket) -> list[Person]:
    """Whom the ticket may be given to: of a closed team's, who sees them; and whoever has it already."""
    return [one for one in colleagues() if one.pk == ticket.assignee_id or access.is_open_to(one, ticket)]


def _roles() -> dict[str, str]:
    """Who writes, by kind of letter and by standing."""
    return {
        Message.Kind.OPENING: _("the customer"),
        Message.Kind.FOLLOW_UP: _("the customer"),
        Message.Kind.ANSWER: _("the centre"),
        Message.Kind.NOTE: "",
        Message.Standing.PARTICIPANT: _("a participant"),
        Message.Standing.PRIVATE: _("a private participant"),
        Message.Standing.STRANGER: _("someone else"),
    }


def _by_letter(mails: Sequence[OutgoingMail]) -> dict[int, list[OutgoingMail]]:
    found: dict[int, list[OutgoingMail]] = {}
    for mail in mails:
        if mail.letter_id is not None:
            found.setdefault(mail.letter_id, []).append(mail)
    return found


def view_of(ticket: Ticket, person: Person) -> str:
    """The view of the queue in which this person would look for the ticket."""
    match ticket.status:
        case Status.WITH_CUSTOMER | Status.ON_HOLD | Status.CLOSED as status:
            return str(status)
        case _:
            return "mine" if ticket.assignee_id == person.pk else "all"

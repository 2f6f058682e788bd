"""Answers and notes: two addresses, two forms, so that one can never be sent as the other."""

import uuid
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.core.markdown import render_answer
from tawasul.core.text import isolate
from tawasul.desk import correspondence, gate, neighbours, recipients
from tawasul.desk.correspondence import ANSWER, ANSWERED, FORMS, KINDS, NOTE
from tawasul.desk.forms import LetterForm
from tawasul.desk.places import back_to
from tawasul.replies import queries as replies
from tawasul.tickets import access, actions, drafts
from tawasul.tickets.actions.retraction import signed
from tawasul.tickets.models import Draft, Message, Ticket
from tawasul.tickets.workflow import IllegalMove

NEEDS = {ANSWER: Permission.ANSWER, NOTE: Permission.NOTE}


@require_POST
@gate.allowed(Permission.ANSWER)
def answer(request: HttpRequest, number: str) -> HttpResponseBase:
    """Send an answer to the customer."""
    return _sent(request, number, ANSWER)


@require_POST
@gate.allowed(Permission.NOTE)
def note(request: HttpRequest, number: str) -> HttpResponseBase:
    """Save an internal note."""
    return _sent(request, number, NOTE)


def _sent(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    ticket = access.desk_ticket_for(request.user, number)
    person = gate.staff_member(request)
    form = FORMS[kind](request.POST)
    to = recipients.chosen(ticket, form)
    before = Message.objects.filter(submission=form.key, ticket=ticket).first()
    if before is not None:  # a second press of the same button
        return redirect(back_to(request, ticket, letter=before.pk))
    whole = form.is_valid() and not request.FILES
    draft = _begun(person, kind, form) if whole else _kept(request, ticket, kind, form)
    refused = []
    if draft is not None and request.FILES:
        stored = drafts.add_files(draft, _uploads(request), by=person)
        refused = [item for item in stored if isinstance(item, drafts.Refusal)]
    if not form.is_valid() or refused:
        composer = correspondence.returned(form, kind, draft)
        return correspondence.page(request, ticket, composer=composer, status=422)
    onward = None
    if kind == ANSWER and request.POST.get("then") == "next":
        onward = neighbours.next_of(request, ticket, default=correspondence.view_of(ticket, person))
    text, key = form.cleaned_data["text"], form.key
    try:
        if kind == NOTE:
            message = actions.note(ticket, by=person, text=text, draft=draft, submission=key)
        else:
            seen = form.cleaned_data["seen"] or 0
            signature = replies.signature_of(ticket, person)
            verb = actions.answer if to is None else partial(actions.answer_alone, to=to)
            message = verb(
                ticket, by=person, text=text, draft=draft, submission=key, seen=seen, signature=signature
            )
    except actions.Overtaken as overtaken:
        composer = correspondence.returned(form, kind, _kept(request, ticket, kind, form))
        form.look_again(overtaken.letters[-1].pk)
        return correspondence.page(
            request, ticket, composer=composer, overtaken=overtaken.letters, status=409
        )
    except actions.Departed:
        composer = correspondence.returned(form, kind, _kept(request, ticket, kind, form))
        recipients.refuse(form)
        return correspondence.page(request, ticket, composer=composer, status=409)
    except IllegalMove:
        ticket = access.desk_ticket_for(request.user, number)
        composer = correspondence.returned(form, kind, _kept(request, ticket, kind, form))
        problem = _("This ticket was closed meanwhile. Your text is kept: reopen the ticket, then send it.")
        return correspondence.page(request, ticket, composer=composer, problem=problem, status=409)
    if onward is not None:
        if message.shown_from is not None:  # the page says it, with the way back
            return redirect(f"{onward.href}&{urlencode({ANSWERED: message.pk})}")
        number = isolate(ticket.spoken_number)
        messages.success(
            request, _("Ticket %(number)s is answered; this is the next one.") % {"number": number}
        )
        return redirect(onward.href)
    said = _("The note is saved. Only staff see it.") if kind == NOTE else _("The answer is sent.")
    messages.success(request, said)
    return redirect(back_to(request, ticket, letter=message.pk))


@require_POST
@gate.staff_only
def draft(request: HttpRequest, number: str, kind: str, key: uuid.UUID) -> HttpResponseBase:
    """Keep what is being written; sent by the script a moment after the last key."""
    ticket = _known(request, number, kind)
    form = FORMS[kind](request.POST.dict() | {"draft": str(key)})
    _kept(request, ticket, kind, form)
    return HttpResponse(status=204)


@require_POST
@gate.staff_only
def preview(request: HttpRequest, number: str, kind: str) -> HttpResponseBase:
    """The text as it will be read: a part of the page for htmx, the whole page without scripts."""
    ticket = _known(request, number, kind)
    form = FORMS[kind](request.POST)
    text = form.typed_text()
    signature = replies.signature_of(ticket, gate.staff_member(request)) if text and kind == ANSWER else ""
    html = render_answer(signed(text, signature)) if text else ""
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(request, "desk/_preview.html", {"preview": html, "empty": not text})
    kept = kept_with_files(request, ticket, kind, form)
    composer = correspondence.returned(FORMS[kind](initial=form.as_initial()), kind, kept)
    return correspondence.page(request, ticket, composer=composer, preview=html)


@require_POST
@gate.staff_only
def files(request: HttpRequest, number: str, kind: str, key: uuid.UUID) -> HttpResponseBase:
    """Upload files into the draft: the list's rows for the script, the whole page without."""
    ticket = _known(request, number, kind)
    form, kept = _of_files(request, ticket, kind, key)
    results = (
        drafts.add_files(kept, _uploads(request), by=gate.staff_member(request)) if kept is not None else []
    )
    refused = any(isinstance(item, drafts.Refusal) for item in results)
    return _shown_files(request, ticket, kind, form, kept, status=422 if refused else 200)


@require_POST
@gate.staff_only
def file_removal(
    request: HttpRequest, number: str, kind: str, key: uuid.UUID, file: uuid.UUID
) -> HttpResponseBase:
    """Take a file off the draft; what else was typed comes back."""
    ticket = _known(request, number, kind)
    form, kept = _of_files(request, ticket, kind, key)
    if kept is not None:
        drafts.remove_file(kept, file.hex)
    return _shown_files(request, ticket, kind, form, kept, status=200)


def kept_with_files(request: HttpRequest, ticket: Ticket, kind: str, form: LetterForm) -> Draft | None:
    """Write down all that a composer was sent with: a browser does not choose files again on the page that comes
    back."""
    kept = _kept(request, ticket, kind, form)
    if kept is not None:
        drafts.add_files(kept, _uploads(request), by=gate.staff_member(request))
    return kept


def _shown_files(
    request: HttpRequest, ticket: Ticket, kind: str, form: LetterForm, kept: Draft | None, *, status: int
) -> HttpResponse:
    composer = correspondence.returned(FORMS[kind](initial=form.as_initial()), kind, kept)
    composer.key = form.key
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return render(
            request, "desk/_file_rows.html", correspondence.shown_files(ticket, composer), status=status
        )
    return correspondence.page(request, ticket, composer=composer, status=status)


def _of_files(
    request: HttpRequest, ticket: Ticket, kind: str, key: uuid.UUID
) -> tuple[LetterForm, Draft | None]:
    form = FORMS[kind](request.POST.dict() | {"draft": str(key)})
    return form, _kept(request, ticket, kind, form)


def _uploads(request: HttpRequest) -> "list[UploadedFile[Any]]":
    return [upload for upload in request.FILES.getlist("files") if upload]


def _known(request: HttpRequest, number: str, kind: str) -> Ticket:
    if kind not in FORMS:
        raise Http404
    gate.require(request, NEEDS[kind])
    return access.desk_ticket_for(gate.staff_member(request), number)


def _begun(person: Person, kind: str, form: LetterForm) -> Draft | None:
    """The draft under the form's key as it stands: what is sent at once need not be written down before."""
    draft = drafts.own(form.key, drafts.Whose(person), KINDS[kind])
    if draft is None and Draft.objects.filter(pk=form.key).exists():
        form.carry(uuid.uuid4())  # a key that is somebody else's
    return draft


def _kept(request: HttpRequest, ticket: Ticket, kind: str, form: LetterForm) -> Draft | None:
    """Write the text down under the form's key; None where there is nothing to keep yet or it was sent already.

    A request that carries files alone leaves the text as it was kept.
    """
    fields = form.as_kept() if "text" in request.POST else None
    whose = drafts.Whose(gate.staff_member(request))
    empty = not (fields and fields["text"]) and not request.FILES
    if empty and not Draft.objects.filter(pk=form.key).exists():
        return None
    kept = drafts.keep(form.key, whose, KINDS[kind], fields=fields, ticket=ticket)
    if kept is None and not Message.objects.filter(submission=form.key).exists():
        form.carry(uuid.uuid4())  # a key that is not this person's: what they typed is kept under one that is
        kept = drafts.keep(form.key, whose, KINDS[kind], fields=fields, ticket=ticket)
    return kept

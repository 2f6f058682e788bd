"""A ticket's page as its customer sees it, and what can be done from there. Two doors lead here: an account and a
personal link; ``Place`` says which one, and holds its addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tawasul.accounts.models import Person
from tawasul.core import centre
from tawasul.core.links import absolute
from tawasul.core.text import isolate
from tawasul.mail import leaving
from tawasul.portal import browser
from tawasul.portal.forms.tickets import KEPT, CommentForm, FollowUpForm, ReopeningForm, key_of
from tawasul.portal.views import own_values, writing
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets import access, actions, drafts, merged, participation, queries
from tawasul.tickets.models import CloseReason, Draft, Message, Participant, Status, Ticket
from tawasul.tickets.workflow import IllegalMove
from tawasul.tickets.writers import Writer
from tawasul.ui.turn import turn_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a ticket's pages stand for this reader: paths."""

    page: str
    receipt: str
    follow_up: str
    closure: str
    reopening: str
    departure: str
    guest: bool = False
    participant: Participant | None = None  # who reads, where that is not the requester

    @classmethod
    def of_account(cls, ticket: Ticket, participant: Participant | None = None) -> "Place":
        """The pages of a ticket of someone signed in."""
        return cls._at("", ticket.spoken_number, guest=False, participant=participant)

    @classmethod
    def of_link(cls, token: str, participant: Participant | None = None) -> "Place":
        """The pages behind a personal link."""
        return cls._at("guest_", token, guest=True, participant=participant)

    @classmethod
    def _at(cls, prefix: str, key: str, *, guest: bool, participant: Participant | None) -> "Place":
        def path(name: str) -> str:
            return reverse(f"portal:{prefix}{name}", args=[key])

        return cls(
            page=path("ticket"),
            receipt=path("receipt"),
            follow_up=path("follow_up"),
            closure=path("closure"),
            reopening=path("reopening"),
            departure=path("departure"),
            guest=guest,
            participant=participant,
        )


def writer_of(request: HttpRequest, ticket: Ticket, place: Place) -> Writer:
    """Who writes from here: the ticket's requester or a participant, with or without an account."""
    if place.participant is not None:
        return Writer.beside(place.participant)
    if isinstance(request.user, Person) and ticket.requester_id == request.user.pk:
        return Writer.of(request.user)
    return Writer.requester_of(ticket)


def page(
    request: HttpRequest,
    ticket: Ticket,
    place: Place,
    *,
    form: FollowUpForm | None = None,
    closing: CommentForm | None = None,
    reopening: ReopeningForm | None = None,
    problems: Sequence[str] = (),
    overtaken: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The correspondence, whose turn it is, and the forms that are possible now.

    ``overtaken``: a follow-up arrived after the ticket was closed; its text stands in the reopening form.
    """
    closed = ticket.status == Status.CLOSED
    part = place.participant
    goes_on = merged.continues_in(ticket) if closed and part is None else None
    draft = drafts.newest(writing.whose(request), Draft.Kind.FOLLOW_UP, ticket=ticket)
    key = draft.key if draft else key_of(request.POST)
    sent = writing.just_sent(request, ticket)
    if closed:
        reopening = reopening or ReopeningForm(initial=drafts.typed(draft), auto_id="reopening_%s")
    else:
        form = form or FollowUpForm(initial=drafts.typed(draft))
        closing = closing or CommentForm(auto_id="closing_%s")
    entries = queries.conversation(ticket, for_staff=False, participant=part)
    told = part is not None or queries.somebody_joined(entries)
    participants = participation.participants_of(ticket) if told else []
    context = {
        "current": "tickets",
        "here": place.page,  # where a change of language leads, also from a form that came back
        "ticket": ticket,
        "place": place,
        "line": turn_of(
            ticket, viewer="participant" if part else "customer", wrote=_wrote_last(ticket, entries)
        ),
        "own": own_values.of_ticket(ticket),
        "entries": entries,
        "participants": participation.known_to(part, participants),
        "role_of": lambda letter: _role(letter, part),
        "form": form,
        "closing": closing,
        "reopening": reopening,
        "shown_forms": [shown for shown in (form, closing, reopening) if shown is not None],
        "closed": closed,
        "goes_on": goes_on,
        "may_reopen": closed and part is None and goes_on is None and access.may_reopen(ticket),
        "reopen_until": access.reopen_until(ticket) if closed else None,
        "reopen_days": centre.current().reopen_days,
        **writing.upload_context(key, draft, problems),
        "upload_query": urlencode({"kind": Draft.Kind.FOLLOW_UP, "ticket": ticket.number}),
        "overtaken": overtaken,
        "back": f"{place.page}#reply",
        "sent": sent,
    }
    response = render(request, "portal/ticket.html", context, status=status)
    browser.remember(request, response)
    return writing.said(request, response) if sent else response


def _wrote_last(ticket: Ticket, entries: Sequence[queries.Entry]) -> bool:
    """Whether the turn came to the centre by a letter of the requester's: a participant's, whom they may not know of,
    brings it there too, and they must not read that they wrote."""
    letters = (entry.message for entry in entries if entry.message is not None)
    return any(
        one.at == ticket.waiting_since and not one.standing and one.kind != Message.Kind.ANSWER
        for one in letters
    )


def _role(letter: queries.Letter, reader: Participant | None) -> str:
    """Who wrote a letter, for whoever reads it."""
    if letter.kind == Message.Kind.ANSWER:
        return _("The centre")
    if not letter.standing:
        return _("You") if reader is None else _("the requester")
    if letter.standing == Message.Standing.STRANGER:
        return _("someone else")
    mine = reader is not None and letter.participant_id == reader.pk
    return _("You") if mine else _("a participant")


def requesters_alone(place: Place) -> None:
    """Raises Http404 for a participant: closing, reopening and the receipt are the requester's."""
    if place.participant is not None:
        raise Http404


def receipt(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """The receipt: number, when it was received, by when it is answered, and what it was about."""
    requesters_alone(place)
    current = calendar.current()
    letters = (e for e in queries.conversation(ticket, for_staff=False) if e.message is not None)
    opening = next((e for e in letters if e.message is not None and e.message.home is None), None)
    if opening is None:  # the ticket is void: its letters stand in another one
        raise Http404
    return render(
        request,
        "portal/receipt.html",
        {
            "current": "tickets",
            "ticket": ticket,
            "place": place,
            "opening": opening,
            "own": own_values.of_ticket(ticket),
            "promised_at": deadlines.due_at(current, ticket.created_at, current.answer_days),
            "address": "" if place.guest else absolute(place.page),
        },
    )


def follow_up(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """Send a further letter. Sent twice, it is one letter; on a ticket closed meanwhile its text is kept."""
    form = FollowUpForm(request.POST)
    draft, key, problems = _written(request, ticket, form)
    if ticket.status == Status.CLOSED and not form.is_valid():
        return _overtaken(request, ticket, place, str(request.POST.get("text", ""))[:KEPT])
    if not form.is_valid() or problems:
        return page(request, ticket, place, form=form, problems=problems, status=422)
    try:
        actions.follow_up(
            ticket,
            by=writer_of(request, ticket, place),
            text=form.cleaned_data["text"],
            draft=draft,
            submission=key,
        )
    except actions.Departed:
        raise Http404 from None
    except IllegalMove:
        if _was_sent(ticket, key):  # before the ticket closed
            return HttpResponseRedirect(place.page, status=303)
        return _overtaken(request, ticket, place, form.cleaned_data["text"])
    messages.success(request, _("Your follow-up has been sent. It is the centre's turn."))
    return HttpResponseRedirect(place.page, status=303)


def closure(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """Close at the customer's request, with an optional last word."""
    requesters_alone(place)
    form = CommentForm(request.POST, auto_id="closing_%s")
    if not form.is_valid():
        return page(request, ticket, place, closing=form, status=422)
    try:
        actions.close(
            ticket,
            by=writer_of(request, ticket, place),
            reason=CloseReason.SOLVED_BY_CUSTOMER,
            comment=form.cleaned_data["comment"],
        )
    except IllegalMove:
        messages.info(request, _("This ticket was closed already."))
    return HttpResponseRedirect(place.page, status=303)


def reopening(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """Open a closed ticket again while the time for it lasts, saying why."""
    requesters_alone(place)
    form = ReopeningForm(request.POST, auto_id="reopening_%s")
    if ticket.status != Status.CLOSED:
        messages.info(request, _("This ticket is open already."))
        return HttpResponseRedirect(place.page, status=303)
    if not access.may_reopen(ticket) or merged.continues_in(ticket):
        return page(request, ticket, place, reopening=form, status=409)
    draft, key, problems = _written(request, ticket, form)
    if not form.is_valid() or problems:
        return page(request, ticket, place, reopening=form, problems=problems, status=422)
    if _was_sent(ticket, key):  # and the ticket was closed once more since
        return HttpResponseRedirect(place.page, status=303)
    text = form.cleaned_data["text"]
    try:
        actions.reopen(ticket, by=writer_of(request, ticket, place), text=text, draft=draft, submission=key)
    except IllegalMove:
        messages.info(request, _("This ticket is open already."))
    else:
        messages.success(request, _("The ticket is open again. It is the centre's turn."))
    return HttpResponseRedirect(place.page, status=303)


def departure(request: HttpRequest, ticket: Ticket, place: Place) -> HttpResponse:
    """A participant leaves: page, files and mails of the ticket are theirs no longer."""
    if place.participant is None:
        raise Http404
    leaving.end_part(place.participant, by=Writer.beside(place.participant))
    messages.success(
        request,
        _("You no longer take part in ticket %(number)s.") % {"number": isolate(ticket.spoken_number)},
    )
    return HttpResponseRedirect(reverse("portal:home" if place.guest else "portal:tickets"), status=303)


def _written(
    request: HttpRequest, ticket: Ticket, form: FollowUpForm | ReopeningForm
) -> tuple[Draft | None, UUID, list[str]]:
    """The draft behind a letter's form, its key, and what is wrong with the files that came. Text and files are kept
    in the draft where the form must come back."""
    key, kind = key_of(request.POST), Draft.Kind.FOLLOW_UP
    draft = writing.own_draft(request, key, kind)
    if draft is not None and draft.ticket_id != ticket.pk:
        draft, key = None, uuid4()
    problems: list[str] = []
    if not form.is_valid() or writing.uploads(request):
        typed = {"text": str(request.POST.get("text", ""))[:KEPT]}
        draft = drafts.keep(key, writing.whose(request), kind, fields=typed, ticket=ticket)
        if draft is not None:
            problems = writing.add_uploads(request, draft)
    return draft, key, problems + writing.lost_files(request, draft, key)


def _was_sent(ticket: Ticket, key: UUID) -> bool:
    return Message.objects.filter(submission=key, ticket=ticket).exists()


def _overtaken(request: HttpRequest, ticket: Ticket, place: Place, text: str) -> HttpResponse:
    """The ticket was closed while the follow-up was written: the page says so and offers the text for reopening."""
    ticket.refresh_from_db()
    again = ReopeningForm(initial={"text": text}, auto_id="reopening_%s")
    return page(request, ticket, place, reopening=again, overtaken=True, status=409)

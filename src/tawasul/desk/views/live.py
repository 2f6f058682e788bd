"""What open pages are told: a stream that leaves the thread at once, the same by asking, and who is at a ticket."""

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.desk import gate, mail_news
from tawasul.live import hub, streams, visits, watches
from tawasul.live import news as told
from tawasul.live.handover import HANDOVER
from tawasul.live.models import Visit
from tawasul.notices import news as newcomers
from tawasul.notices import queries as notices
from tawasul.tickets import access
from tawasul.tickets.models import Ticket

watches.WATCHES["notices"] = newcomers.Newcomers
watches.WATCHES["mails"] = mail_news.MailNews
LONG_AGO = timedelta(hours=1)  # a page drawn before is read anew as a whole


@require_safe
@never_cache
@gate.staff_only
def stream(request: HttpRequest) -> HttpResponseBase:
    """Server-sent events (?ticket=NUMBER&since=ID&drawn=MOMENT; for a page in the background ?only=notices). 501 where
    the server keeps no streams, 429 where the person has too many: the page asks for the news then."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        return HttpResponse(status=403, content_type="text/plain", content=b"same origin only")
    only = request.GET.get("only", "")
    if only not in {"", "notices"}:
        return HttpResponse(status=404, content_type="text/plain", content=b"no such stream")
    person, ticket = gate.staff_member(request), None if only else _ticket(request)
    if HANDOVER not in request.META or request.method == "HEAD":
        refusal = HttpResponse(status=501, content_type="text/plain", content=b"no streams here")
        refusal._has_been_logged = True  # type: ignore[attr-defined]  # every page asks, and asks otherwise then: no fault
        return refusal
    if hub.hub().count(person.pk) >= hub.OF_ONE_PERSON:
        return HttpResponse(status=429, content_type="text/plain", content=b"too many streams")
    request.META[HANDOVER] = streams.Stream(
        hub.hub(),
        Person.objects.get(pk=person.pk),  # a plain one: the request's is lazy and ends with it
        request.session.session_key or "",
        ticket=ticket,
        since=_since(request, request.headers.get("Last-Event-ID", "")),
        drawn=_drawn(request),
        only=only,
    )
    response = HttpResponse(content_type="text/event-stream; charset=utf-8")
    response.headers["X-Accel-Buffering"] = "no"  # a proxy in front passes each event on at once
    return response


@require_safe
@never_cache
@gate.staff_only
def news(request: HttpRequest) -> HttpResponseBase:
    """The same as JSON, for whoever asks again and again (?since=ID&ticket=NUMBER&mails=MARK). ``mailed`` is the mark
    of how the ticket's mails stand, with which the page asks next time; ``mails`` names the ticket where it changed."""
    person, ticket = gate.staff_member(request), _ticket(request)
    since, drawn = _since(request), _drawn(request)
    newest = told.newest()
    found = told.since(since) if since is not None else told.after(drawn) if drawn else []
    again = len(found) > told.MOST
    answer = {
        "last": newest,
        "again": again,
        "news": [] if again else [one.told() for one in told.visible(found, person)],
        "notices": notices.told(person),
    }
    if ticket is not None:
        answer["here"] = [one.told() for one in visits.at(ticket.pk) if one.person != person.pk]
        mark, changed = mail_news.of_ticket(ticket.pk, request.GET.get("mails", ""), drawn)
        answer |= {"mailed": mark, "mails": [ticket.number] if changed else []}
    return JsonResponse(answer)


@require_POST
@gate.staff_only
def visit(request: HttpRequest, number: str) -> HttpResponseBase:
    """The person is at the ticket and does this (doing=reading, answering, noting), or has left it (doing=gone)."""
    person = gate.staff_member(request)
    ticket = access.desk_ticket_for(person, number)
    doing = request.POST.get("doing", "")
    if doing in {Visit.Doing.ANSWERING, Visit.Doing.NOTING}:
        visits.write(ticket.pk, person.pk, doing)
    elif doing == Visit.Doing.READING:
        visits.come([(ticket.pk, person.pk)])
    elif doing == "gone":
        visits.leave(ticket.pk, person.pk)
    else:
        return HttpResponse(status=422, content_type="text/plain", content=b"doing what?")
    return HttpResponse(status=204)


def _ticket(request: HttpRequest) -> Ticket | None:
    number = request.GET.get("ticket")
    return access.desk_ticket_for(gate.staff_member(request), number) if number else None


def _since(request: HttpRequest, last: str = "") -> int | None:
    given = last or request.GET.get("since", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 18 else None


def _drawn(request: HttpRequest) -> datetime | None:
    try:
        moment = parse_datetime(request.GET.get("drawn", "")[:40])
    except ValueError:
        return None
    if moment is None or moment.tzinfo is None:
        return None
    now = clock.now()
    return min(max(moment, now - LONG_AGO), now)

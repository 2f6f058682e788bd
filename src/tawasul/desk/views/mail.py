"""The ledger's lists: what needs staff, what came in, what went out; and finding a mail."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.roles import hidden_teams
from tawasul.core import clock
from tawasul.desk import gate
from tawasul.desk import ledger as shown
from tawasul.desk.due import near
from tawasul.mail import ledger
from tawasul.mail.models import IncomingMail


@require_safe
@never_cache
@gate.staff_only
def for_staff(request: HttpRequest) -> HttpResponse:
    """What staff must see to: held and unreadable, not sent and come back."""
    found = ledger.for_staff(hidden_teams(gate.staff_member(request)))
    return _page(
        request,
        "desk/mail/for_staff.html",
        "care",
        incoming=[(mail, shown.state_of_incoming(mail)) for mail in found.incoming],
        outgoing=[(mail, shown.state_of_outgoing(mail)) for mail in found.outgoing],
        more_in=found.more_in,
        more_out=found.more_out,
    )


@require_safe
@never_cache
@gate.staff_only
def came_in(request: HttpRequest) -> HttpResponse:
    """Every mail that came in, in one state or all; ?q= looks for some."""
    return _list(request, "in")


@require_safe
@never_cache
@gate.staff_only
def went_out(request: HttpRequest) -> HttpResponse:
    """Every mail that went out or is to go, in one state or all; ?q= looks for some."""
    return _list(request, "out")


def _list(request: HttpRequest, box: str) -> HttpResponse:
    hidden = hidden_teams(gate.staff_member(request))
    typed = request.GET.get("q", "").strip()[:1000]
    if typed:
        search = ledger.understood(typed)
        rows = _dressed((ledger.found_incoming if box == "in" else ledger.found_outgoing)(search, hidden))
        return _page(
            request, "desk/mail/list.html", box, rows=rows, typed=typed, search=search, most=ledger.MOST_FOUND
        )
    state = request.GET.get("state", "")
    names = shown.STATES_IN if box == "in" else shown.STATES_OUT
    state = state if state in names else ""
    cursor = {"after": request.GET.get("after", "")[:60], "before": request.GET.get("before", "")[:60]}
    page = (ledger.incoming if box == "in" else ledger.outgoing)(state, **cursor, hidden=hidden)
    kept = {"state": state} if state else {}
    return _page(
        request,
        "desk/mail/list.html",
        box,
        rows=_dressed(page.rows),
        choices=shown.choices(box, state, hidden),
        state=state,
        newer="?" + urlencode({**kept, "before": page.newer}) if page.newer else "",
        older="?" + urlencode({**kept, "after": page.older}) if page.older else "",
    )


def _dressed(mails: list[Any]) -> list[tuple[Any, shown.State]]:
    return [
        (
            mail,
            shown.state_of_incoming(mail)
            if isinstance(mail, IncomingMail)
            else shown.state_of_outgoing(mail),
        )
        for mail in mails
    ]


def _page(request: HttpRequest, template: str, box: str, **context: Any) -> HttpResponse:
    now = clock.now()
    return render(
        request,
        template,
        shown.frame(
            request,
            box=box,
            alarms=shown.alarms(now),
            door_of=shown.door_of,
            near=lambda moment: near(moment, now),
            **context,
        ),
    )

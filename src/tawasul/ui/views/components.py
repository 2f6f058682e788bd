"""Every part in all its states, on one page: what the design system is, and what its tests look at."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from tawasul.core import clock
from tawasul.service_levels import calendar, deadlines
from tawasul.tickets import access
from tawasul.tickets.models import Channel, CloseReason, Event, Message, RefusedFile, Status, Ticket
from tawasul.ui.turn import turn_of

SWATCHES = [
    "paper", "sheet", "tint", "tint-2", "line", "line-strong", "ink-3", "ink-2", "ink", "green", "green-strong",
    "green-deep", "green-wash", "stub", "stub-line", "note", "error", "warn", "info",
]  # fmt: skip


class Fields(forms.Form):
    """One of each kind."""

    plain = forms.CharField(
        label=gettext_lazy("Plain"), help_text=gettext_lazy("The hint stands before the field.")
    )
    wrong = forms.CharField(label=gettext_lazy("Wrong"), max_length=40)
    mail = forms.EmailField(label=gettext_lazy("E-mail"))
    password = forms.CharField(label=gettext_lazy("Password"), widget=forms.PasswordInput, required=False)
    choice = forms.ChoiceField(label=gettext_lazy("Choice"), choices=[("1", "DNSSEC"), ("2", "EPP")])
    one = forms.ChoiceField(
        label=gettext_lazy("One of several"),
        choices=[("1", "DNSSEC"), ("2", "EPP")],
        widget=forms.RadioSelect,
    )
    agreed = forms.BooleanField(label=gettext_lazy("I agree"))
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea, max_length=200, required=False)

    def clean_wrong(self) -> str:
        raise forms.ValidationError(_("Write the domain without http://"))


def _file(number: int, name: str, kind: str, **more: Any) -> SimpleNamespace:
    facts = {"size": 421_888, "pages": 1, "width": 800, "height": 1100, "preview": "none", **more}
    return SimpleNamespace(pk=UUID(int=number), name=name, type=kind, **facts)


def _turns(now: datetime) -> list[Any]:
    working = calendar.current()
    due = deadlines.due_at(working, now - timedelta(hours=4), Decimal(2))
    day = timedelta(days=1)
    samples = [
        Ticket(status=Status.WITH_CUSTOMER, last_answered_at=now - 3 * day, close_due_at=now + 4 * day),
        Ticket(status=Status.WITH_CUSTOMER, last_answered_at=now - 6 * day, close_due_at=now + day),
        Ticket(status=Status.WITH_CENTRE, waiting_since=now - timedelta(hours=4), answer_due_at=due),
        Ticket(status=Status.WITH_CENTRE, waiting_since=now - 9 * day, answer_due_at=now - 2 * day),
        Ticket(
            status=Status.ON_HOLD,
            hold_party=_("the disputes committee"),
            hold_reason=_("We asked for an opinion on the name."),
        ),
        Ticket(
            status=Status.CLOSED,
            close_reason=CloseReason.SILENCE,
            created_at=now - 12 * day,
            closed_at=now - day,
        ),
    ]
    return [turn_of(ticket, now=now, calendar=working) for ticket in samples]


def _letters(now: datetime) -> list[Any]:
    hour = timedelta(hours=1)
    K = Message.Kind  # noqa: N806
    return [
        Message(
            pk=1,
            kind=K.OPENING,
            author_name="نورة الدوسري",
            at=now - 50 * hour,
            text=_("The same message still appears when I save."),
            wanted=_("Save the new name servers."),
        ),
        Event(kind=Event.Kind.TAKEN, actor_name="فهد العتيبي", at=now - 40 * hour),
        Message(
            pk=2,
            kind=K.NOTE,
            author_name="سارة القرني",
            at=now - 30 * hour,
            text=_("The checker's memory was emptied; let the customer save again."),
        ),
        Message(
            pk=3,
            kind=K.ANSWER,
            author_name="فهد العتيبي",
            at=now - 20 * hour,
            text=_("We renewed the check on our side. Try to save once more."),
        ),
        Message(
            pk=4,
            kind=K.FOLLOW_UP,
            channel=Channel.MAIL,
            author_name="Khalid Al-Harbi",
            at=now - 2 * hour,
            text=_("The same message still appears when I save."),
            rest="> dig ns1.example.com.sa\n\n--\nKhalid",
        ),
    ]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The sheet of parts. Only in a demo, or for the staff: customers have no use for it."""
    if not settings.DEMO and not access.is_at_work(request.user):
        raise Http404
    now = clock.now()
    form = Fields(
        {
            "plain": "مثال-تجريبي.السعودية",
            "wrong": "http://example",
            "mail": "دعم@سجل.السعودية",
            "choice": "1",
            "one": "2",
            "agreed": "on",
        }
    )
    files = [
        _file(1, "خطاب-التفويض.tiff", "image/tiff", pages=3),
        _file(2, "دليل.pdf", "application/pdf", pages=2),
        _file(3, "dig-ns1.png", "image/png", width=1400, height=800),
    ]
    context = {
        "swatches": SWATCHES,
        "form": form,
        "turns": _turns(now),
        "letters": _letters(now),
        "files": files,
        "removals": {file.pk: "/" for file in files},
        "not_taken": [RefusedFile(name="zone.docx", size=44_012, reason="kind_document?label=DOCX")],
        "refused": [("zone.docx", _("DOCX files are not allowed."), "/")],
    }
    return render(request, "ui/components.html", context)

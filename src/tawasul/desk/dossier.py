"""What the side panel of a ticket shows, and its small forms, each with what it needs to notice that it is stale."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tawasul.accounts.models import Language, Person
from tawasul.core import clock, domains
from tawasul.core.people import mask_number
from tawasul.desk import gate, snoozes
from tawasul.desk.forms import CleanLine
from tawasul.service_levels import calendar as calendars
from tawasul.service_levels import deadlines
from tawasul.tickets import dossier
from tawasul.tickets.actions import properties
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.models import Purpose, Tag, Ticket

LONGEST = {"subject": 200, "domain": 2000, "request_number": 40}  # characters


@dataclass(frozen=True, slots=True)
class Edited:
    """A small form that was not accepted: what was typed comes back, with the reason, or with who was faster."""

    name: str
    value: str = ""
    errors: Sequence[str] = ()
    stale: Stale | None = None
    also: dict[str, str] = field(default_factory=dict)  # its other fields, as typed
    offers: Sequence[Tag] = ()  # tags that may be meant


@dataclass(frozen=True, slots=True)
class Property:
    """One property: its words, the value as it is sent, and the choices where it has some."""

    name: str
    label: str
    words: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    longest: int = 0
    edited: Edited | None = None


def context(
    ticket: Ticket,
    person: Person,
    edited: Edited | None = None,
    there: Collection[str] = dossier.PARTS,
) -> dict[str, Any]:
    """For the template: a query for each part of the panel in which there is something."""
    can = gate.permissions_of(person)
    return {
        "can": can,
        "about": {
            "edited": edited,
            "properties": properties_of(ticket, edited),
            "team": ticket.team,
            "team_was": properties.SHOWN[properties.TEAM](ticket),
            "assignee_was": properties.SHOWN[properties.ASSIGNEE](ticket),
            "teams": [team for pk, team in dossier.teams().items() if pk != ticket.team_id],
            "beside": dossier.beside(ticket, person, there),
            "mobile": mask_number(ticket.requester.mobile)
            if ticket.requester and ticket.requester.mobile
            else "",
            "promise_days": calendars.current().answer_days,
            "hours_left": _hours_left(ticket),
            "moments": snoozes.moments(ticket) if "edit" in can and ticket.status != "closed" else [],
            "until_reply": snoozes.is_until_reply(ticket),
            "snoozed_past": ticket.snoozed_until is not None
            and dossier.goes_past_promise(ticket, ticket.snoozed_until),
        },
    }


def properties_of(ticket: Ticket, edited: Edited | None = None) -> list[Property]:
    """The properties that staff may change one by one, in their order on the page."""
    active = [(code, str(one)) for code, one in dossier.services().items() if one.is_active]
    if ticket.service.code not in dict(active):  # no longer offered, but this ticket is about it
        active.append((ticket.service.code, str(ticket.service)))
    rows: list[tuple[str, str, str, Sequence[tuple[str, str]]]] = [
        ("subject", _("Subject"), ticket.subject, ()),
        ("service", _("Service"), str(ticket.service), active),
        ("purpose", _("Purpose"), ticket.get_purpose_display(), _choices(Purpose.choices)),
        ("language", _("Language"), ticket.get_language_display(), _choices(Language.choices)),
        ("domain", _("Domain name"), ticket.domain_unicode, ()),
        ("request_number", _("Request number"), ticket.request_number, ()),
    ]
    return [
        Property(
            name,
            label,
            words,
            properties.SHOWN[name](ticket),
            choices,
            LONGEST.get(name, 0),
            edited if edited and edited.name == name else None,
        )
        for name, label, words, choices in rows
    ]


def parsed(name: str, typed: str) -> Any:
    """What was typed as a value of the property. Raises ValidationError."""
    match name:
        case "service":
            service = dossier.services().get(typed)
            if service is None or not service.is_active:
                raise ValidationError(_("Choose one of the services."))
            return service
        case "purpose":
            return _chosen(typed, Purpose.values)
        case "language":
            return _chosen(typed, Language.values)
        case "domain":
            try:
                return domains.parse_domain(typed) if typed.strip() else None
            except domains.BadDomain as bad:
                raise ValidationError(domains.message(bad)) from bad
    asked: forms.CharField = CleanLine(
        max_length=LONGEST[name],
        required=name == "subject",
        error_messages={"required": _("Write a subject.")},
    )
    return asked.clean(typed)


def _chosen(typed: str, known: Sequence[str]) -> str:
    if typed not in known:
        raise ValidationError(_("Choose one of the list."))
    return typed


def _choices(choices: Sequence[tuple[Any, Any]]) -> list[tuple[str, str]]:
    return [(str(value), str(label)) for value, label in choices]


def _hours_left(ticket: Ticket) -> int | None:
    """Seconds of opening hours until the promised answer; None while no promise runs."""
    if ticket.answer_due_at is None:
        return None
    return deadlines.working_time_left(calendars.current(), clock.now(), ticket.answer_due_at).seconds

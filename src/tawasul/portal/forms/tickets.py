"""What a customer writes: a new ticket, a follow-up, a closing or reopening comment."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tawasul.portal.forms.fields import LONGEST_COMMENT, LONGEST_TEXT, DomainField, Letter, Line
from tawasul.portal.forms.lookups import services_on_offer
from tawasul.portal.forms.own_fields import AsksMore
from tawasul.portal.forms.terms import AcceptsTerms, terms_field
from tawasul.tickets.models import Purpose, Service

KEPT = 20_000  # characters of one answer that a draft keeps; more than any field accepts


def key_of(data: Mapping[str, Any]) -> UUID:
    """The draft's key that a form carries; a fresh one where it is missing or is no UUID."""
    try:
        return UUID(str(data.get("draft", "")))
    except ValueError:
        return uuid4()


class _Codes:
    """The codes of the services that are about a domain, for the script that shows the domain's field."""

    def __init__(self, form: "RequestForm") -> None:
        self.form = form

    def __str__(self) -> str:
        return " ".join(service.code for service in self.form.services if self.form.is_about_domain(service))


class RequestForm(AcceptsTerms, AsksMore):
    """The part that the new-ticket page and the direct form share."""

    purpose = forms.ChoiceField(
        label=_("Purpose"),
        choices=Purpose.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what you write for."),
            "invalid_choice": _("Choose one of the purposes."),
        },
    )
    service = forms.CharField(
        label=_("Service"), widget=forms.Select, error_messages={"required": _("Choose the service.")}
    )
    domain = DomainField(
        label=_("Domain name"), required=False, help_text=_("As you know it, in Arabic or in Latin letters.")
    )
    request_number = Line(
        label=_("Request number"),
        longest=40,
        required=False,
        help_text=_("If you write about a request you made before."),
    )
    subject = Line(
        label=_("Subject"), longest=200, error_messages={"required": _("Write the subject in a few words.")}
    )
    problem = Letter(
        label=_("What is the problem?"),
        longest=LONGEST_TEXT,
        help_text=_("When it happened, and exactly what you saw."),
        error_messages={"required": _("Describe the problem.")},
    )
    wanted = Letter(
        label=_("What help do you need?"),
        longest=LONGEST_COMMENT,
        help_text=_("One sentence is enough, such as “Please save the new servers”."),
        error_messages={"required": _("Write what help you need, even in one sentence.")},
    )
    terms = terms_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        service = forms.Select(choices=self._service_choices)  # type: ignore[arg-type]  # Django takes a callable
        self.fields["service"].widget = service
        service.attrs["data-about-domain"] = _Codes(self)
        self.fields["wanted"].widget.attrs["rows"] = "4"

    @cached_property
    def services(self) -> list[Service]:
        """The services on offer."""
        return services_on_offer()

    def _service_choices(self) -> list[tuple[str, str]]:
        return [("", gettext("Choose a service")), *((s.code, str(s)) for s in self.services)]

    def clean_service(self) -> Service:
        wanted = self.cleaned_data["service"]
        found = next((service for service in self.services if service.code == wanted), None)
        if found is None:
            raise ValidationError(gettext("Choose one of the services listed."), code="invalid_choice")
        return found

    def as_typed(self) -> dict[str, str]:
        """Every answer as it was typed, bounded, to be kept in a draft. The acceptance is not kept: it is given
        on sending."""
        standard = {name: str(self.data.get(name, ""))[:KEPT] for name in self.fields if name != "terms"}
        return {**standard, **self.as_typed_own()}


class TicketForm(RequestForm):
    """A new ticket of someone signed in. ``follows`` is the number of a closed ticket that this one refers to."""

    follows = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)


class FollowUpForm(forms.Form):
    """A further letter to the centre."""

    text = Letter(
        label=_("Write to the centre"),
        longest=LONGEST_TEXT,
        error_messages={"required": _("Write your follow-up before sending it.")},
    )


class CommentForm(forms.Form):
    """An optional word at closing."""

    comment = Letter(label=_("A comment"), longest=LONGEST_COMMENT, required=False)


class ReopeningForm(forms.Form):
    """Why the ticket is opened again: the centre needs to know what came back."""

    text = Letter(
        label=_("What is still to be solved?"),
        longest=LONGEST_TEXT,
        error_messages={"required": _("Write what is still to be solved.")},
    )

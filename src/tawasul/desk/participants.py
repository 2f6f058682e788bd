"""Who takes part in a ticket beside its requester: what side panel and composer say of it, and the small form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tawasul.accounts.models import Language
from tawasul.core.addresses import Address, BadAddress, message, parse_address
from tawasul.desk.forms import CleanLine
from tawasul.mail.handling.senders import is_ours
from tawasul.tickets import participation, queries
from tawasul.tickets.actions.participating import NotAddable
from tawasul.tickets.models import Ticket


class ParticipantForm(forms.Form):
    """Name, address, language, and whether the other customers learn of them."""

    name = CleanLine(max_length=150, error_messages={"required": gettext_lazy("Write a name.")})
    email = forms.CharField(max_length=2000, required=False)
    language = forms.ChoiceField(
        choices=Language.choices, error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")}
    )
    is_private = forms.BooleanField(required=False)

    def clean_email(self) -> Address:
        """The address, ready to be written to."""
        try:
            address = parse_address(str(self.cleaned_data["email"]))
        except BadAddress as bad:
            raise ValidationError(message(bad)) from bad
        if is_ours(address.address):
            raise ValidationError(_("This is the portal's own address: its mails would only come back."))
        return address


def of_ticket(ticket: Ticket, entries: Sequence[queries.Entry]) -> dict[str, Any]:
    """For the template: one query, where the conversation tells of a participant."""
    found = participation.participants_of(ticket) if queries.somebody_joined(entries) else []
    told = participation.told(ticket, found)
    private = sum(one.is_private for one in told)
    return {
        "participants": found,
        "participants_full": len(found) >= participation.MOST,
        "languages": Language.choices,
        "goes_to": {
            "others": ngettext("and %(num)d participant", "and %(num)d participants", len(told))
            % {"num": len(told)}
            if told
            else "",
            "private": ngettext("%(num)d of them private", "%(num)d of them private", private)
            % {"num": private}
            if private
            else "",
        },
    }


def refusal(problem: NotAddable) -> str:
    """Why somebody cannot take part, and what to do instead."""
    return {
        "requester": _("This is the requester's own address."),
        "staff": _("This is a member of staff, who sees the ticket at the desk: mention or assign them."),
        "inactive": _("The account with this address is shut."),
        "already": _("They take part already."),
        "full": _("A ticket has at most 20 participants. Remove one first."),
    }[problem.code]

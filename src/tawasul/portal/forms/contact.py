"""The direct form: a request of someone without an account, and the page that renews a personal link."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tawasul.portal.forms.fields import AddressField, Line, NumberField
from tawasul.portal.forms.tickets import RequestForm
from tawasul.tickets.models import Channel

TRAP = "website"  # no person sees this field; what fills it is a machine


class DirectForm(RequestForm):
    """The new-ticket form with the writer's name and address."""

    name = Line(
        label=_("Full name"),
        longest=150,
        error_messages={"required": _("Write your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    email = AddressField(
        label=_("E-mail"),
        help_text=_("We send a link to this address; the request reaches the centre when you open it."),
        error_messages={"required": _("Write your e-mail address.")},
    )
    field_order = ["name", "email"]
    channel = Channel.DIRECT

    @property
    def trapped(self) -> bool:
        """Whether a machine filled the field that nobody sees."""
        return bool(self.data.get(TRAP))


class LinkForm(forms.Form):
    """Number and address of a ticket whose personal link is to be sent anew."""

    number = NumberField(
        label=_("Ticket number"),
        error_messages={"required": _("Write the number of your ticket.")},
    )
    email = AddressField(
        label=_("E-mail"),
        help_text=_("The address the ticket was opened with."),
        error_messages={"required": _("Write your e-mail address.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["number"].widget.attrs["placeholder"] = "4829-1736"

"""Forms of what joins tickets and takes them apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tawasul.desk.forms import LONGEST_LETTER, CleanLine, CleanText
from tawasul.tickets.models import Service, Ticket, TicketLink
from tawasul.tickets.queries import Letter

Kind = TicketLink.Kind
WAYS: Mapping[
    str, tuple[str, bool]
] = {  # by the form's value: the kind, and whether this ticket is the source
    "relates": (Kind.RELATES, True),
    "duplicates": (Kind.DUPLICATES, True),
    "duplicated": (Kind.DUPLICATES, False),
    "caused_by": (Kind.CAUSES, False),
    "causes": (Kind.CAUSES, True),
    "child_of": (Kind.PARENT, False),
    "parent_of": (Kind.PARENT, True),
}
_WORDS = [
    ("relates", _("related to it")),
    ("duplicates", _("this ticket repeats it")),
    ("duplicated", _("it repeats this ticket")),
    ("caused_by", _("the cause of this ticket")),
    ("causes", _("caused by this ticket")),
    ("child_of", _("this ticket is a part of it")),
    ("parent_of", _("a part of this ticket")),
]


class LinkForm(forms.Form):
    """Which other ticket, and what it is to this one."""

    way = forms.ChoiceField(
        label=_("The other ticket is"),
        choices=_WORDS,
        initial="relates",
        error_messages={"invalid_choice": _("Choose one of the kinds.")},
    )
    number = CleanLine(
        label=_("Number of the other ticket"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "numeric", "autocomplete": "off"}),
    )
    chosen = forms.ChoiceField(
        label=_("Or another ticket of the same requester"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, others: Sequence[Ticket]) -> None:
        super().__init__(data, auto_id="link_%s")
        field = self.fields["chosen"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(other.number, f"{other.spoken_number} {other.subject}") for other in others]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("number") and not cleaned.get("chosen") and "chosen" not in self.errors:
            self.add_error("number", _("Write the number of a ticket, or choose one."))
        return cleaned


class SplitForm(forms.Form):
    """What the new ticket is about, and which letters go along."""

    subject = CleanLine(
        label=_("Subject of the new ticket"),
        max_length=200,
        error_messages={"required": _("Write what the new ticket is about.")},
    )
    service = forms.ModelChoiceField(
        label=_("Service"),
        queryset=Service.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose a service."), "invalid_choice": _("Choose a service.")},
    )
    letters = forms.MultipleChoiceField(required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        letters: Sequence[Letter],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, auto_id="split_%s", initial=dict(initial or {}))
        service, chosen = self.fields["service"], self.fields["letters"]
        assert isinstance(service, forms.ModelChoiceField)
        assert isinstance(chosen, forms.MultipleChoiceField)
        service.queryset = Service.objects.filter(Q(is_active=True) | Q(pk=(initial or {}).get("service")))
        chosen.choices = [(str(letter.pk), letter.author_name) for letter in letters]


class ChildrenForm(forms.Form):
    """One answer to several tickets."""

    text = CleanText(
        label=_("Answer to the customers"),
        max_length=LONGEST_LETTER,
        error_messages={"required": _("Write the answer before sending it.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, auto_id="children_%s", initial=dict(initial or {}))

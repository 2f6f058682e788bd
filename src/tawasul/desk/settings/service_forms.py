"""What the form of a service asks beside the centre's own fields, as administrators set it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tawasul.desk.forms import CleanText
from tawasul.desk.settings.forms import in_language
from tawasul.tickets.actions.asking import ASKED
from tawasul.tickets.models import Form, Purpose

LONGEST_INTRO = 4000  # characters


def _intro(words: Any, language: str) -> CleanText:
    return CleanText(
        label=words,
        max_length=LONGEST_INTRO,
        required=False,
        widget=forms.Textarea(attrs=in_language(language, rows=5)),
        help_text=_("Bold, lists and links are written as in an answer."),
    )


class ServiceFormForm(forms.Form):
    """Fields named as those of the row."""

    intro_ar = _intro(_("Words above it in Arabic"), "ar")
    intro_en = _intro(_("Words above it in English"), "en")
    purposes = forms.MultipleChoiceField(
        label=_("Purposes on offer"),
        choices=Purpose.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All of them where none is chosen."),
    )
    domain = forms.ChoiceField(
        label=_("Domain name"),
        choices=[("", _("as the service says")), *Form.Asked.choices],
        required=False,
    )
    request_number = forms.ChoiceField(label=_("Request number"), choices=Form.Asked.choices)
    wanted = forms.ChoiceField(label=_("What help is needed"), choices=Form.Asked.choices)
    files = forms.ChoiceField(  # type: ignore[assignment]  # asked for, not uploaded here
        label=_("Files"), choices=Form.Asked.choices
    )

    def __init__(self, data: Any = None, *, row: Form) -> None:
        names = ("intro_ar", "intro_en", "purposes", *ASKED)
        super().__init__(data, auto_id="form_%s", initial={name: getattr(row, name) for name in names})

    def as_row(self, row: Form) -> Form:
        """A row with what was typed, for the preview; nothing is saved."""
        shown = Form(service=row.service)
        for name in self.fields:
            value = self[name].value()
            setattr(shown, name, value if value is not None else getattr(row, name))
        return shown

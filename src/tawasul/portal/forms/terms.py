"""The acceptance of the terms: of the text that was read, and of no later one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import TermsVersion


def terms_field() -> forms.BooleanField:
    """The box, at the place of the form where it stands."""
    return forms.BooleanField(
        label=_("I accept the registration regulations and the portal terms."),
        error_messages={"required": _("To send, accept the registration regulations and the portal terms.")},
    )


class AcceptsTerms(forms.Form):
    """A form with ``terms`` among its fields; the page says in ``terms_version`` which text it shows."""

    def __init__(self, *args: Any, current_terms: TermsVersion, **options: Any) -> None:
        super().__init__(*args, **options)
        self.current_terms = current_terms

    def clean_terms(self) -> bool:
        """What was read must be what holds: a version published meanwhile is shown and accepted anew."""
        shown = str(self.data.get("terms_version", ""))
        if shown and shown != str(self.current_terms.pk):
            raise ValidationError(
                gettext(
                    "The terms have changed since you opened this page. Read the new text and accept it."
                ),
                code="terms_changed",
            )
        return True

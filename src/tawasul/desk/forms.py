"""What staff write and choose at the desk."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Person
from tawasul.core import addresses
from tawasul.core.text import clean_line, clean_text
from tawasul.desk.presence import named
from tawasul.tickets.models import CloseReason

EVERYBODY = "everybody"  # who reads an answer, unless it says otherwise
LONGEST_LETTER = 20_000  # characters
REASONS = [CloseReason.SOLVED_BY_STAFF, CloseReason.SPAM]


class CleanText(forms.CharField):
    """Several lines without controls and direction overrides."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


class CleanLine(forms.CharField):
    """One line without controls and direction overrides."""

    def to_python(self, value: Any) -> str:
        return clean_line(super().to_python(value) or "")


def _key(value: Any) -> uuid.UUID:
    """The draft's key as the form carries it; a fresh one where it is missing or is none."""
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()


class LetterForm(forms.Form):
    """An answer or a note. ``seen`` is the newest letter that stood on the page when it was written."""

    text = CleanText(max_length=LONGEST_LETTER)
    draft = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    prefix_of_ids = "letter"
    label: Any  # translated when it is shown
    empty: Any

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        self.key = _key(data.get("draft")) if data is not None else uuid.uuid4()
        if data is not None:
            given = {name: data.get(name, "") for name in self.base_fields if name in data}
            data = {"text": "", "seen": "", **given, "draft": str(self.key)}
        super().__init__(data, auto_id=f"{self.prefix_of_ids}_%s", **options)
        self.fields["text"].label = self.label
        self.fields["text"].error_messages["required"] = self.empty

    def typed_text(self) -> str:
        """What was typed, cleaned and bounded, valid or not."""
        return clean_text(str(self.data.get("text", "")))[: 2 * LONGEST_LETTER]

    def as_initial(self) -> dict[str, Any]:
        """Everything as it was sent, for a form that is shown again without judging it."""
        return {**self.data, "draft": self.key}

    def as_kept(self) -> dict[str, str]:
        """What its draft keeps of it."""
        return {"text": self.typed_text()}

    def look_again(self, seen: int) -> None:
        """The writer is now shown the letters up to ``seen``."""
        self.data = {**self.data, "seen": str(seen)}

    def carry(self, key: uuid.UUID) -> None:
        """Go on under another draft's key: this one's was sent, or is somebody else's."""
        self.key = key
        self.data = {**self.data, "draft": str(key)}


class AnswerForm(LetterForm):
    """What the customer will read; ``to`` is for everybody, or the one participant who alone reads it."""

    to = forms.CharField(required=False, max_length=20)

    prefix_of_ids = "answer"
    label = _("Answer to the customer")
    empty = _("Write the answer before sending it.")

    def as_kept(self) -> dict[str, str]:
        """Also to whom it goes, where that is not everybody: a draft must not widen it."""
        to = str(self.data.get("to", ""))[:20]
        return super().as_kept() | ({"to": to} if to not in {"", EVERYBODY} else {})


class NoteForm(LetterForm):
    """What only staff will read."""

    prefix_of_ids = "note"
    label = _("Internal note")
    empty = _("Write the note before saving it.")


class HoldForm(forms.Form):
    """For whom the centre waits, and why: the customer reads both."""

    party = CleanLine(
        label=_("Whom does the centre wait for?"),
        max_length=100,
        help_text=_("The customer sees it. Such as: the hosting provider."),
        error_messages={"required": _("Write whom the centre waits for.")},
    )
    reason = CleanText(
        label=_("Why?"),
        max_length=300,
        help_text=_("The customer sees it. One sentence is enough."),
        error_messages={"required": _("Write the reason: the customer reads it.")},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="hold_%s")
        self.fields["reason"].widget.attrs["rows"] = 3


class ClosureForm(forms.Form):
    """Why the ticket is closed, and a last word to the customer where there is one."""

    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[(reason.value, reason.label) for reason in REASONS],
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose why the ticket is closed."),
            "invalid_choice": _("Choose one of the reasons."),
        },
    )
    comment = CleanText(
        label=_("Closing answer"),
        max_length=LONGEST_LETTER,
        required=False,
        help_text=_("It is sent to the customer with the notice of closing."),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="closure_%s")
        self.fields["comment"].widget.attrs["rows"] = 4

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == CloseReason.SPAM and cleaned.get("comment"):
            self.add_error("comment", _("Spam gets no answer: leave this empty, or choose the other reason."))
        return cleaned


class AssigneeForm(forms.Form):
    """Who looks after the ticket; nobody where it is empty."""

    assignee = forms.ChoiceField(
        label=_("Assignee"), required=False, error_messages={"invalid_choice": _("Choose a member of staff.")}
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, staff: Sequence[Person], chosen: int | None = None
    ) -> None:
        super().__init__(data, auto_id="assignee_%s", initial={"assignee": chosen or ""})
        self.staff = {str(person.pk): person for person in staff}
        field = self.fields["assignee"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.choices_of(staff)

    @staticmethod
    def choices_of(staff: Iterable[Person]) -> list[tuple[str, str]]:
        """The staff to choose from, and nobody."""
        return [("", str(_("Nobody"))), *((str(person.pk), named(person)) for person in staff)]

    def clean_assignee(self) -> Person | None:
        return self.staff.get(self.cleaned_data["assignee"])


class AddressForm(forms.Form):
    """The right address of a mail that went to a wrong one; becomes an ``Address``."""

    address = forms.CharField(
        label=_("The right address"),
        help_text=_("Only this mail goes there. The address of the account stays as it is."),
        max_length=1000,
        widget=forms.TextInput(
            attrs={
                "dir": "auto",
                "inputmode": "email",
                "autocomplete": "off",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, auto_id="mail_%s", **options)
        empty = addresses.message(addresses.BadAddress("empty"))
        self.fields["address"].error_messages["required"] = empty

    def clean_address(self) -> addresses.Address:
        try:
            return addresses.parse_address(self.cleaned_data["address"])
        except addresses.BadAddress as problem:
            raise forms.ValidationError(addresses.message(problem), code=problem.code) from problem

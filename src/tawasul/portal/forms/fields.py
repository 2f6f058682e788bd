"""Fields that clean what people type before they judge it: lines, texts, domain names, ticket numbers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, ngettext

from tawasul.core import addresses, domains
from tawasul.core.addresses import Address
from tawasul.core.domains import DomainName
from tawasul.core.text import clean_line, clean_text
from tawasul.tickets.numbers import Mistyped, NotANumber, parse_number

LONGEST_TEXT = 5000  # characters of a letter
LONGEST_COMMENT = 2000


def too_long(limit: int, length: int) -> ValidationError:
    """The error of a value of ``length`` characters where ``limit`` are allowed."""
    message = ngettext(
        "This is too long: at most %(limit)s character, and it has %(length)s.",
        "This is too long: at most %(limit)s characters, and it has %(length)s.",
        limit,
    )
    return ValidationError(message % {"limit": f"{limit:,}", "length": f"{length:,}"}, code="too_long")


class Line(forms.CharField):
    """One line: NFC, no controls, no bidi marks, no space at either end; at most ``longest`` characters after that."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(strip=False, **options)
        self.longest = self.max_length = longest
        self.validators = []
        self.widget.attrs.setdefault("maxlength", str(longest))
        self.widget.attrs.setdefault("dir", "auto")

    def clean_typed(self, typed: str) -> str:
        return clean_line(typed)

    def to_python(self, value: Any) -> str:
        return self.clean_typed(str(value)) if value not in self.empty_values else ""

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > self.longest:
            raise too_long(self.longest, len(value))


class Letter(Line):
    """Several paragraphs. Line ends are LF, so a character counts once, as the browser counts it."""

    widget = forms.Textarea

    def clean_typed(self, typed: str) -> str:
        return clean_text(typed)


class DomainField(forms.Field):
    """A domain name in either form; becomes a ``DomainName`` or None. Errors say what is impossible about it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)
        self.widget.attrs.update(
            {
                "dir": "auto",
                "maxlength": "2000",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autocomplete": "off",
            }
        )

    def to_python(self, value: Any) -> DomainName | None:
        typed = str(value or "")
        if not typed.strip():
            return None
        try:
            return domains.parse_domain(typed)
        except domains.BadDomain as bad:
            raise ValidationError(domains.message(bad), code=bad.code) from bad


class AddressField(forms.Field):
    """An e-mail address, internationalised ones too; becomes an ``Address``."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)
        self.widget.attrs.update(
            {
                "dir": "auto",
                "inputmode": "email",
                "autocomplete": "email",
                "autocapitalize": "none",
                "spellcheck": "false",
                "maxlength": "320",
            }
        )

    def to_python(self, value: Any) -> Address | None:
        typed = str(value or "")
        if not typed.strip():
            return None
        try:
            return addresses.parse_address(typed)
        except addresses.BadAddress as bad:
            raise ValidationError(addresses.message(bad), code=bad.code) from bad


class NumberField(forms.Field):
    """A ticket number in either script's digits; becomes its digits."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.TextInput)
        super().__init__(**options)
        self.widget.attrs.update(
            {"dir": "ltr", "inputmode": "numeric", "autocomplete": "off", "maxlength": "40"}
        )

    def to_python(self, value: Any) -> str:
        if value in self.empty_values:
            return ""
        try:
            return parse_number(str(value)[:60])
        except NotANumber as bad:
            raise ValidationError(
                gettext("A ticket number is digits, such as 4829-1736."), code="number"
            ) from bad
        except Mistyped as bad:
            raise ValidationError(
                gettext("A digit of this number is wrong or missing. Check it against your ticket."),
                code="mistyped",
            ) from bad

"""What a person says about themself: the account request, the activation code, the profile, a change of address."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Language, Person, address_key
from tawasul.accounts.requests import Answers
from tawasul.core import phones
from tawasul.core.addresses import Address
from tawasul.core.text import ascii_digits, clean_line
from tawasul.portal.forms.fields import AddressField, Line
from tawasul.portal.forms.terms import AcceptsTerms, terms_field

LONGEST_PASSWORD = 200
USERNAME = re.compile(r"[^\W_](?:[\w.-]{1,62})[^\W_]")


@lru_cache(maxsize=4)
def countries(language: str) -> list[tuple[str, str]]:
    """Every country's code and name in the language, by name; Saudi Arabia first."""
    from babel import Locale  # here and below: 8 MB that only these two lists need

    names = {
        code: name for code, name in Locale(language).territories.items() if len(code) == 2 and code.isalpha()
    }
    for code in ("EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"):  # no countries
        names.pop(code, None)
    home = names.pop("SA")
    return [("SA", home), *sorted(names.items(), key=lambda item: item[1])]


@lru_cache(maxsize=4)
def time_zones(language: str) -> list[tuple[str, str]]:
    """Every place's zone with its distance from UTC (as of the first call), in the language; Riyadh first."""
    from babel.dates import get_timezone_location

    found = []
    areas = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    for name in available_timezones():
        if not name.startswith(areas):
            continue
        offset = datetime.now(ZoneInfo(name)).utcoffset()
        minutes = round(offset.total_seconds() / 60) if offset is not None else 0
        place = get_timezone_location(name, locale=language, return_city=True)
        sign = "-" if minutes < 0 else "+"
        found.append(
            (minutes, place, name, f"\u2066UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}\u2069")
        )
    found.sort()
    listed = [(name, f"{place} ({distance})") for _minutes, place, name, distance in found]
    listed.sort(key=lambda item: item[0] != "Asia/Riyadh")
    return listed


class NewPassword(forms.CharField):
    """A password that is being chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            strip=False,
            max_length=LONGEST_PASSWORD,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
            **options,
        )


class CodeField(forms.CharField):
    """Six digits of either script, spaces and hyphens between them forgiven."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "one-time-code",
                    "inputmode": "numeric",
                    "dir": "ltr",
                    "maxlength": "12",
                    "spellcheck": "false",
                }
            ),
            **options,
        )

    def to_python(self, value: Any) -> str:
        code = re.sub(r"[\s-]", "", ascii_digits(clean_line(str(value or "")[:40])))
        if code and not re.fullmatch(r"\d{6}", code):
            raise ValidationError(gettext("The code is six digits."), code="shape")
        return code


class UsernameField(Line):
    """A user name: 3 to 64 letters of any script, digits, dots, hyphens or underscores; kept in lower case."""

    def __init__(self, **options: Any) -> None:
        super().__init__(longest=64, **options)
        self.widget.attrs.update(
            {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        )

    def to_python(self, value: Any) -> str:
        name = Person.normalize_username(super().to_python(value))
        if name and not USERNAME.fullmatch(name) and len(name) <= 64:
            raise ValidationError(
                gettext(
                    "Use 3 to 64 letters, digits, dots, hyphens or underscores, with a letter or digit at both ends."
                ),
                code="shape",
            )
        return name


class PersonFields(forms.Form):
    """What the request and the profile share."""

    full_name = Line(
        label=_("Full name"), longest=150, error_messages={"required": _("Write your full name.")}
    )
    mobile = forms.CharField(
        label=_("Mobile"),
        max_length=40,
        error_messages={"required": _("Enter a mobile number.")},
        widget=forms.TextInput(
            attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel", "dir": "ltr"}
        ),
    )
    organisation = Line(
        label=_("Organisation"),
        longest=200,
        required=False,
        help_text=_("Leave it empty if you write for yourself."),
    )
    position = Line(label=_("Position"), longest=150, required=False)
    country = forms.ChoiceField(
        label=_("Country"), error_messages={"invalid_choice": _("Choose one of the countries listed.")}
    )
    city = Line(label=_("City"), longest=100, error_messages={"required": _("Write the city.")})
    address_line = Line(
        label=_("National address"),
        longest=200,
        help_text=_("Building number, street, district and postal code."),
        error_messages={"required": _("Write your national address.")},
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        widget=forms.RadioSelect,
        help_text=_("Of the pages and of the mails we send."),
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["country"].choices = countries((get_language() or "ar")[:2])  # type: ignore[attr-defined]
        for name, filled_by in {
            "full_name": "name",
            "organisation": "organization",
            "position": "organization-title",
            "country": "country",
            "city": "address-level2",
            "address_line": "street-address",
        }.items():
            self.fields[name].widget.attrs["autocomplete"] = filled_by

    def clean_mobile(self) -> str:
        """Read in the chosen country: 05… is Saudi only for somebody in Saudi Arabia."""
        region = str(self.data.get("country", ""))
        known = dict(self.fields["country"].choices)  # type: ignore[attr-defined]
        try:
            return phones.parse_mobile(
                self.cleaned_data["mobile"], region=region if region in known else "SA"
            )
        except phones.BadPhone as bad:
            raise ValidationError(phones.message(bad), code=bad.code) from bad


class AccountRequestForm(AcceptsTerms, PersonFields):
    """The account-creation service. Whether the name or the address belongs to somebody already is not said here."""

    username = UsernameField(
        label=_("User name"),
        help_text=_("You sign in with it or with your e-mail address."),
        error_messages={"required": _("Choose a user name.")},
    )
    email = AddressField(
        label=_("E-mail"),
        help_text=_("Arabic and Latin addresses are accepted."),
        error_messages={"required": _("Write your e-mail address.")},
    )
    password1 = NewPassword(
        label=_("Password"),
        help_text=_(
            "10 characters or more. Four unrelated words are better than symbols that are hard to remember."
        ),
        error_messages={"required": _("Choose a password.")},
    )
    password2 = NewPassword(
        label=_("Password again"), error_messages={"required": _("Write the password a second time.")}
    )
    terms = terms_field()
    field_order = (
        "username",
        "email",
        "password1",
        "password2",
        "full_name",
        "mobile",
        "organisation",
        "position",
        "country",
        "city",
        "address_line",
        "language",
        "terms",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        password, again = cleaned.get("password1"), cleaned.get("password2")
        if password:
            address = cleaned.get("email")
            somebody = Person(
                username=cleaned.get("username") or "",
                email=address.address if address else "",
                full_name=cleaned.get("full_name") or "",
                organisation=cleaned.get("organisation") or "",
            )
            try:
                validate_password(password, somebody)
            except ValidationError as problem:
                self.add_error("password1", problem)
            if again and password != again:
                self.add_error("password2", gettext("The two passwords differ. Write the same one twice."))
        return cleaned

    def answers(self) -> Answers:
        """The cleaned answers, for ``accounts.requests.request_account``."""
        cleaned = dict(self.cleaned_data)
        address: Address = cleaned["email"]
        return Answers(
            email=address_key(address.address),
            **{name: cleaned[name] for name in Answers.__dataclass_fields__ if name != "email"},
        )


class ActivationForm(forms.Form):
    """The codes that were sent, the password in a browser that did not make the request, and another user name where
    the wished one is taken.
    """

    code = CodeField(
        label=_("The code"), error_messages={"required": _("Write the six digits from the mail.")}
    )
    mobile_code = CodeField(
        label=_("The code sent to your mobile"),
        error_messages={"required": _("Write the six digits from the message on your mobile.")},
    )
    password = forms.CharField(
        label=_("The password you chose when you asked for the account"),
        strip=False,
        max_length=LONGEST_PASSWORD,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter the password you chose when you asked for the account.")},
    )
    username = UsernameField(
        label=_("User name"),
        help_text=_("You sign in with it or with your e-mail address."),
        error_messages={"required": _("Choose a user name.")},
    )

    def __init__(
        self,
        *args: Any,
        by_link: bool = False,
        asked_here: bool = False,
        mobile: bool = False,
        choose_name: bool = False,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        if by_link:
            del self.fields["code"]
        if not mobile:
            del self.fields["mobile_code"]
        if asked_here:
            del self.fields["password"]
        if not choose_name:
            del self.fields["username"]


class ProfileForm(PersonFields):
    """One's own particulars."""

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Dates and hours are shown in it."),
        error_messages={"invalid_choice": _("Choose one of the time zones listed.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["time_zone"].choices = time_zones((get_language() or "ar")[:2])  # type: ignore[attr-defined]
        for name in ("city", "address_line", "mobile"):  # staff are entered without them
            self.fields[name].required = bool(self.initial.get(name))

    def clean_mobile(self) -> str:
        return super().clean_mobile() if self.cleaned_data["mobile"] else ""


class EmailChangeForm(forms.Form):
    """The address an account is to move to."""

    email = AddressField(
        label=_("New e-mail address"), error_messages={"required": _("Write your e-mail address.")}
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.person = person

    def clean_email(self) -> str:
        address: Address = self.cleaned_data["email"]
        key = address_key(address.address)
        if key == self.person.email:
            raise ValidationError(gettext("This is your present address."), code="same")
        return key

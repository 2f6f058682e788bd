"""Allauth's forms in our words. Settings name them; allauth makes them."""

from typing import Any

from allauth.account import forms as account_forms
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import queries
from tawasul.accounts.models import Person
from tawasul.core.addresses import Address
from tawasul.core.text import ascii_digits
from tawasul.portal.forms.account import LONGEST_PASSWORD
from tawasul.portal.forms.fields import AddressField, Line

PASSWORD_HINT = _(
    "10 characters or more. Four unrelated words are better than symbols that are hard to remember."
)


def _word(form: forms.Form, name: str, label: Any, required: Any, hint: Any = "") -> None:
    """Our label, hint and sentence for an empty field; no placeholder, a bound on its length."""
    field = form.fields[name]
    field.label, field.help_text = label, hint
    field.error_messages["required"] = required
    field.widget.attrs.pop("placeholder", None)
    if isinstance(field, forms.CharField) and field.max_length is None:
        field.max_length = LONGEST_PASSWORD
        field.validators.append(MaxLengthValidator(LONGEST_PASSWORD))


def _new_password(form: forms.Form) -> None:
    _word(form, "password1", _("New password"), _("Choose a password."), PASSWORD_HINT)
    _word(form, "password2", _("New password again"), _("Write the password a second time."))


class LoginForm(account_forms.LoginForm):  # type: ignore[misc]
    """User name or e-mail address, and password."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["login"] = Line(
            label=_("User name or e-mail address"),
            longest=320,
            widget=forms.TextInput(
                attrs={
                    "autocomplete": "username webauthn",
                    "inputmode": "email",
                    "autocapitalize": "none",
                    "spellcheck": "false",
                }
            ),
            error_messages={"required": _("Write your user name or e-mail address.")},
        )
        _word(self, "password", _("Password"), _("Write your password."))
        self.fields["remember"].label = _("Keep me signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, str]:
        """One name for whatever was typed: the backend looks at it once."""
        return {"username": self.cleaned_data["login"], "password": self.cleaned_data["password"]}


class ResetPasswordForm(account_forms.ResetPasswordForm):  # type: ignore[misc]
    """Where to mail the link. The answer is the same for every address that could exist."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["email"] = AddressField(
            label=_("E-mail address of your account"),
            error_messages={"required": _("Write your e-mail address.")},
        )

    def clean_email(self) -> str:
        address: Address = self.cleaned_data["email"]
        person = queries.person_by_address(address.address)
        self.users: list[Person] = [person] if person is not None and person.is_active else []
        return address.address


class ResetPasswordKeyForm(account_forms.ResetPasswordKeyForm):  # type: ignore[misc]
    """The new password, after the mailed link."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _new_password(self)


class ChangePasswordForm(account_forms.ChangePasswordForm):  # type: ignore[misc]
    """The present password and the new one."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "oldpassword", _("Present password"), _("Write your present password."))
        _new_password(self)


class SetPasswordForm(account_forms.SetPasswordForm):  # type: ignore[misc]
    """A first password, for an account that has none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _new_password(self)


class ReauthenticateForm(account_forms.ReauthenticateForm):  # type: ignore[misc]
    """The password once more before something delicate."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _word(self, "password", _("Password"), _("Write your password."))


def _code_field(form: forms.Form, label: Any, hint: Any = "") -> None:
    _word(form, "code", label, _("Write the code."), hint)
    form.fields["code"].widget.attrs.update({"inputmode": "numeric", "dir": "ltr", "spellcheck": "false"})


class EitherScript(forms.Form):
    """Codes may be typed with Arabic digits."""

    def full_clean(self) -> None:
        if self.is_bound and "code" in self.data:
            code = "".join(ascii_digits(str(self.data["code"])[:40]).split())
            self.data = {**dict(self.data.items()), "code": code}
        super().full_clean()


class AuthenticateForm(EitherScript, mfa_forms.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _code_field(
            self, _("Code"), _("Six digits from the authenticator app, or one of your recovery codes.")
        )


class ReauthenticateByCodeForm(EitherScript, mfa_forms.ReauthenticateForm):  # type: ignore[misc]
    """The second step once more before something delicate."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _code_field(
            self, _("Code"), _("Six digits from the authenticator app, or one of your recovery codes.")
        )


class ActivateTOTPForm(EitherScript, totp_forms.ActivateTOTPForm):  # type: ignore[misc]
    """Proof that the authenticator app knows the secret."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        _code_field(self, _("The code the app shows"), _("Six digits; a new code appears every 30 seconds."))


class Credential(forms.JSONField):
    """What an authenticator answered, as the browser's script sends it. Text that no parser can take is an error of
    the field, not of the page."""

    longest = 20_000  # characters; attestations of real devices stay below 10,000

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and len(value) <= self.longest:
            try:
                return super().to_python(value)
            except (ValueError, RecursionError):  # numbers or nesting beyond all measure
                pass
        elif value in self.empty_values:
            return None
        raise forms.ValidationError(self.error_messages["invalid"], code="invalid", params={"value": ""})

    def bound_data(self, data: Any, initial: Any) -> Any:
        return None  # never shown again: each answer belongs to one question


class LoginWebAuthnForm(webauthn_forms.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = Credential()


class ReauthenticateWebAuthnForm(webauthn_forms.ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """The passkey once more before something delicate."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = Credential()


class AddWebAuthnForm(webauthn_forms.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey. It always serves to sign in alone."""

    passwordless = None

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["credential"] = Credential()
        self.fields["name"] = Line(
            label=_("A name to tell it apart"), longest=100, required=False, initial=self.initial.get("name")
        )

    def clean(self) -> dict[str, Any]:
        """The device must have checked its holder (fingerprint, face or PIN), or the key alone would not be enough."""
        self.cleaned_data["passwordless"] = True
        cleaned: dict[str, Any] = super().clean()
        return cleaned


class EditWebAuthnForm(webauthn_forms.EditWebAuthnForm):  # type: ignore[misc]
    """A passkey's name."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["name"] = Line(
            label=_("A name to tell it apart"),
            longest=100,
            error_messages={"required": _("Give the passkey a name.")},
        )

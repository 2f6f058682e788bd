"""How django-allauth meets this product: its mails go through our ledger, its words are ours."""

import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import access, actions, queries
from tawasul.accounts.models import Person
from tawasul.core import centre, clock
from tawasul.core.links import absolute
from tawasul.core.text import clean_line
from tawasul.mail.actions import send
from tawasul.portal.devices import device_name

DEVICE_COOKIE = "tawasul_device"
DEVICE_COOKIE_AGE = 400 * 24 * 3600  # seconds; browsers keep no cookie longer

# What allauth says after an action, by its template's name; the empty ones say nothing the page does not show.
SAYINGS = {
    "account/messages/logged_in.txt": "",
    "account/messages/logged_out.txt": _("You are signed out."),
    "account/messages/password_changed.txt": _(
        "The password is changed. Every session has ended; sign in with it."
    ),
    "account/messages/password_set.txt": _("The password is set. Sign in with it."),
    "mfa/messages/totp_activated.txt": _("The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": _("The authenticator app is no longer used."),
    "mfa/messages/webauthn_added.txt": _("The passkey is added."),
    "mfa/messages/webauthn_removed.txt": _("The passkey is removed."),
    "mfa/messages/recovery_codes_generated.txt": _(
        "There are new recovery codes. Keep them in a safe place."
    ),
    "usersessions/messages/sessions_logged_out.txt": _("All other sessions have ended."),
}
# What is told by mail after a change, by allauth's name of it: subject and first sentence.
NOTICES = {
    "mfa/email/totp_activated": _("An authenticator app was set up for your account."),
    "mfa/email/totp_deactivated": _("The authenticator app of your account was removed."),
    "mfa/email/webauthn_added": _("A passkey was added to your account."),
    "mfa/email/webauthn_removed": _("A passkey was removed from your account."),
    "mfa/email/recovery_codes_generated": _("New recovery codes were made for your account."),
}
MISMATCH = _("The user name or address and the password do not match.")
ERRORS = {
    "account_inactive": _("This account is closed. Write to us if you think it should not be."),
    "email_password_mismatch": MISMATCH,
    "username_password_mismatch": MISMATCH,
    "invalid_login": MISMATCH,
    "enter_current_password": _("This is not your present password."),
    "incorrect_password": _("This is not your password."),
    "incorrect_code": _("This code is not right. Take the newest one."),
    "too_many_login_attempts": _("Too many attempts. Signing in is stopped for 15 minutes; then try again."),
    "rate_limited": _("Too many attempts. Wait a few minutes and try again."),
    "invalid_password_reset": _("This link has expired or was used."),
}


def _key(reason: str, person: Person) -> str:
    return f"{reason}:{person.pk}:{secrets.token_hex(8)}"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in, passwords, and what they cause."""

    error_messages = {**DefaultAccountAdapter.error_messages, **ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Only the passkey script speaks JSON; nothing else of allauth's answers in it."""
        match = request.resolver_match
        return bool(match and match.url_name == "mfa_login_webauthn" and request.method == "GET")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        words = message or SAYINGS.get(message_template or "", "")
        if words:
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    # Passwords

    def set_password(self, user: Person, password: str) -> None:
        """Whoever sets a password proved to be the owner: failed attempts no longer stop the account."""
        actions.change_password(user, password, post=send)
        for rate in ratelimit.get_rates(app="allauth.account", action="login_failed"):
            if rate.per == "key":
                place = {"app": "allauth.account", "action": "login_failed", "rate": rate}
                cache.delete(ratelimit.get_cache_key(self.request, key=f"person:{user.pk}", **place))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Staff begin at the desk, customers with their tickets."""
        return reverse("desk:queue" if getattr(request.user, "is_staff", False) else "portal:tickets")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account_login")

    # Limits

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One count for an account, by whichever of its names it is tried; one for each name that is nobody's."""
        login = str(credentials.get("username") or credentials.get("email") or "")
        person = queries.person_by_login(login)
        return f"person:{person.pk}" if person is not None else f"login:{login.strip().lower()}"

    # Mails

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Only one of allauth's mails reaches this: the answer to a reset for an address without an account."""
        if template_prefix != "account/email/unknown_account":
            raise KeyError(f"no mail of ours for {template_prefix}")
        send(
            "unknown_account",
            to=email,
            language=translation.get_language() or "ar",
            context={"link": absolute(reverse("portal:account_request"))},
            key=f"unknown-account:{secrets.token_hex(16)}",
        )

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        with translation.override(user.language):
            link = reverse("account_reset_password_from_key", args=[context["uid"], context["key"]])
        send(
            "password_reset",
            to=user.email,
            name=user.full_name,
            language=user.language,
            context={"code": "", "link": absolute(link), "username": user.username},
            key=_key("password-reset", user),
            person=user,
        )

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Person,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        words = NOTICES.get(template_prefix)
        if words is None:
            return  # a changed password was told in the transaction that changed it
        with translation.override(user.language):
            link = absolute(reverse("mfa_index"))
            told = {
                "title": str(_("A change to how you sign in")),
                "paragraphs": [
                    str(words),
                    str(_("If it was not you, change your password at once and write to us.")),
                ],
                "link_text": str(_("Two-step sign-in")),
                "link": link,
            }
        send(
            "generic",
            to=user.email,
            name=user.full_name,
            language=user.language,
            context={**actions.NOTHING_MORE, **told, "at": clock.now()},
            key=_key(template_prefix.rpartition("/")[2], user),
            person=user,
        )

    # Signing in

    def post_login(self, request: HttpRequest, user: Person, **details: Any) -> HttpResponse:
        """Beyond allauth's own: the browser is noted, a new one told by mail; staff without a second step set it up."""
        token = request.COOKIES.get(DEVICE_COOKIE, "")
        if not 20 <= len(token) <= 64:
            token = secrets.token_urlsafe(32)
        actions.recognise_device(
            user,
            token,
            label=device_name(clean_line(request.headers.get("User-Agent", "")[:500])),
            network=self.get_client_ip(request),
            post=send,
        )
        response: HttpResponse = super().post_login(request, user, **details)
        if access.two_steps_missing(user):
            messages.warning(
                request, str(_("Staff sign in with two steps. Set up the second one, then the desk opens."))
            )
            response = redirect("mfa_index")
        response.set_cookie(
            DEVICE_COOKIE,
            token,
            max_age=DEVICE_COOKIE_AGE,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        return response

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        return redirect("account_inactive")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Two-step sign-in."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Take the newest one."),
        "cannot_delete_authenticator": _(
            "Staff keep a second step: add another one first, then remove this one."
        ),
        "cannot_generate_recovery_codes": _("Set up an authenticator app or a passkey first."),
    }

    def _get_site_name(self) -> str:
        return " – ".join((str(_("Tawasul")), centre.current().name))

    def get_totp_label(self, user: Person) -> str:
        return user.username

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        if authenticator.type not in access.SECOND_STEPS or access.may_drop_second_step(authenticator.user):
            return True
        others = Authenticator.objects.filter(user=authenticator.user, type__in=access.SECOND_STEPS)
        return bool(others.exclude(pk=authenticator.pk).exists())

    def generate_authenticator_name(self, user: Person, type: Authenticator.Type) -> str:
        return str(_("Passkey"))

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        return {
            **super().get_public_key_credential_user_entity(user),
            "display_name": user.full_name or user.username,
        }

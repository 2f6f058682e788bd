"""Creating an account: the request, the activation by code or link, a new mail."""

from datetime import datetime

from allauth.core.internal import ratelimit
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts import actions, passwords, queries
from tawasul.accounts.models import AccountRequest, TermsVersion
from tawasul.accounts.requests import MOST_TRIES, NotActivated, Problem
from tawasul.core import clock
from tawasul.mail.actions import send
from tawasul.portal import browser
from tawasul.portal.forms.account import AccountRequestForm, ActivationForm
from tawasul.portal.too_often import free_at
from tawasul.tickets.actions import participating
from tawasul.ui.views import errors

LIMITS = {
    "account_form": "200/h/ip",  # sent, right or wrong: weighing a password takes time
    "account_request": "20/h/ip,5/h/key",  # a network; an address
    "activation": "60/h/ip",
    "email_change": "10/h/ip,5/h/key",
    "password_strength": "120/m/ip",
}


def limited(request: HttpRequest, action: str, key: str = "") -> bool:
    """Whether this network or ``key`` did the action too often; counts this time as well."""
    return not ratelimit.consume(
        request, app="tawasul", action=action, config=LIMITS, key=key or "-", limit_get=True
    )


def too_many(request: HttpRequest, action: str, key: str = "") -> HttpResponse:
    """429: the page that says when to try again."""
    return errors.page(request, 429, until=_free_at(request, action, key))


def _free_at(request: HttpRequest, action: str, key: str = "") -> datetime | None:
    return free_at(request, app="tawasul", action=action, limits=LIMITS, key=key or "-")


def _asked_too_often(request: HttpRequest, terms: TermsVersion, key: str = "") -> HttpResponse:
    """The form again with what was written, but for the passwords, and when it may be sent."""
    shown = AccountRequestForm(
        current_terms=terms,
        initial={name: value for name, value in request.POST.items() if not name.startswith("password")},
    )
    moments = _free_at(request, "account_form"), _free_at(request, "account_request", key)
    until = max((moment for moment in moments if moment is not None), default=None)
    context = {"form": shown, "terms": terms, "when_again": errors.when_again(until)}
    response = render(request, "portal/account/request.html", context, status=429)
    if until is not None:
        response["Retry-After"] = str(max(1, int((until - clock.now()).total_seconds())))
    return response


@never_cache
@sensitive_post_parameters("password1", "password2")
def page(request: HttpRequest) -> HttpResponse:
    """The form of the account-creation service; sending it leads to the activation page, whoever's address it is."""
    if request.user.is_authenticated:
        return redirect("portal:account")
    terms = queries.current_terms()
    initial = {"language": (get_language() or "ar")[:2], "country": "SA"}
    form = AccountRequestForm(request.POST or None, current_terms=terms, initial=initial)
    if request.method != "POST":
        return render(request, "portal/account/request.html", {"form": form, "terms": terms})
    if limited(request, "account_form"):
        return _asked_too_often(request, terms)
    if not form.is_valid():
        return render(request, "portal/account/request.html", {"form": form, "terms": terms}, status=422)
    answers = form.answers()
    if limited(request, "account_request", answers.email):
        return _asked_too_often(request, terms, answers.email)
    asked = actions.request_account(answers, password=form.cleaned_data["password1"], terms=terms, post=send)
    browser.keep_request(request, asked.key)
    return redirect("portal:activate", asked.key)


@require_POST
@sensitive_post_parameters("password1", "password", "new_password1")
def strength(request: HttpRequest) -> HttpResponse:
    """A part of a page: how strong the password being written is."""
    if limited(request, "password_strength"):
        return HttpResponse(status=429)
    password = request.POST.get("password1", "")[:200]
    own = [request.POST.get(name, "")[:200] for name in ("username", "email", "full_name", "organisation")]
    weighed = passwords.weigh(password, *own) if password else None
    return render(request, "portal/account/_strength.html", {"strength": weighed})


@never_cache
@sensitive_post_parameters("code", "mobile_code", "password")
def activate(request: HttpRequest, key: str) -> HttpResponse:
    """The page that asks for the mailed code. The mailed link names it too, so elsewhere it asks for the password."""
    return _activation(request, key, token="")


@never_cache
@sensitive_post_parameters("mobile_code", "password")
def activation_link(request: HttpRequest, key: str, token: str) -> HttpResponse:
    """The mailed link: a page with one button, and in a browser that did not make the request with the password.
    Opening it activates nothing, since mail scanners open links too.
    """
    return _activation(request, key, token=token)


def _activation(request: HttpRequest, key: str, *, token: str) -> HttpResponse:
    asked = AccountRequest.objects.filter(key=key, expires_at__gt=clock.now()).first()
    if asked is None:
        return over(request, Problem.GONE)
    if asked.activated_at is not None:
        return over(request, Problem.USED)
    shape = _shape(request, asked, token)
    if request.method != "POST":
        return _form(request, asked, ActivationForm(**shape), token)
    if limited(request, "activation"):
        return too_many(request, "activation")
    form = ActivationForm(request.POST, **shape)
    if not form.is_valid():
        return _form(request, asked, form, token, status=422)
    try:
        actions.activate(
            key,
            asked_here=shape["asked_here"],
            token=token,
            recognise=participating.recognise,
            **form.cleaned_data,
        )
    except NotActivated as reason:
        return _refused(request, asked, form, token, reason.problem)
    messages.success(
        request, gettext("Your account is active. Sign in with your user name or e-mail address.")
    )
    return redirect("account_login")


def _shape(request: HttpRequest, asked: AccountRequest, token: str) -> dict[str, bool]:
    """What the form asks for."""
    return {
        "by_link": bool(token),
        "asked_here": browser.asked_here(request, asked.key),
        "mobile": bool(asked.mobile_code_hash),
        "choose_name": "username" in request.POST,
    }


def _refused(
    request: HttpRequest, asked: AccountRequest, form: ActivationForm, token: str, problem: Problem
) -> HttpResponse:
    if problem is Problem.USERNAME_TAKEN:
        browser.keep_request(request, asked.key)  # the password was right: it is not asked a second time
        data = {**request.POST.dict(), "username": form.cleaned_data.get("username") or asked.username}
        form = ActivationForm(data, **{**_shape(request, asked, token), "choose_name": True})
        form.full_clean()
        form.add_error("username", gettext("Somebody else has this user name. Choose another one."))
        return _form(request, asked, form, token, status=422)
    sentence = {
        Problem.WRONG_CODE: (
            "code",
            gettext("This is not the code of the newest mail. Check the six digits."),
        ),
        Problem.WRONG_MOBILE_CODE: ("mobile_code", gettext("This is not the code of the newest message.")),
        Problem.WRONG_PASSWORD: (
            "password",
            gettext(
                "This is not the password that was chosen for this account. If you did not ask for the account, "
                "do nothing: the request expires by itself."
            ),
        ),
        Problem.TRIES: (
            None,
            ngettext(
                "%(count)d wrong try: have a new code and link sent.",
                "%(count)d wrong tries: have a new code and link sent.",
                MOST_TRIES,
            )
            % {"count": MOST_TRIES},
        ),
    }.get(problem)
    if sentence is None:
        return over(request, problem, asked)
    form.add_error(*sentence)
    return _form(request, asked, form, token, status=422)


def _form(
    request: HttpRequest, asked: AccountRequest, form: ActivationForm, token: str, status: int = 200
) -> HttpResponse:
    context = {"form": form, "asked": asked, "by_link": bool(token)}
    return render(request, "portal/account/activate.html", context, status=status)


def over(request: HttpRequest, problem: Problem, asked: AccountRequest | None = None) -> HttpResponse:
    """410: the link or request is over, with the way on."""
    context = {"problem": problem.value, "asked": asked, "days": settings.ACCOUNT_REQUEST_DAYS}
    return render(request, "portal/account/request_over.html", context, status=410)


@require_POST
def mails(request: HttpRequest, key: str) -> HttpResponse:
    """Send the activation mail again."""
    try:
        actions.send_again(key, post=send)
    except NotActivated as reason:
        if reason.problem is Problem.TOO_SOON:
            messages.warning(
                request, gettext("A mail went out a moment ago. Wait a minute before asking for another.")
            )
        elif reason.problem is Problem.MAILS:
            messages.error(request, gettext("No more mails are sent for this request. Make a new one."))
        else:
            return over(request, reason.problem)
    else:
        messages.success(
            request, gettext("A new code and link are on their way. The older ones no longer work.")
        )
    return redirect("portal:activate", key)


@require_safe
def signup(request: HttpRequest) -> HttpResponse:
    """Where allauth would sign people up: our own service does it."""
    return redirect(reverse("portal:account_request"), permanent=False)

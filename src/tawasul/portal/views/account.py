"""One's own account: particulars, record, change of address."""

from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tawasul.accounts import actions, queries
from tawasul.accounts.models import Person
from tawasul.core import phones
from tawasul.mail.actions import send
from tawasul.portal.forms.account import EmailChangeForm, ProfileForm, countries, time_zones
from tawasul.portal.views.account_requests import limited, too_many
from tawasul.tickets import actions as ticket_actions
from tawasul.tickets.actions import participating
from tawasul.tickets.models import Ticket

PROFILE = (
    "full_name",
    "position",
    "organisation",
    "country",
    "city",
    "address_line",
    "mobile",
    "language",
    "time_zone",
)


def me(request: HttpRequest) -> Person:
    """The person behind a request that passed ``login_required``."""
    assert isinstance(request.user, Person)
    return request.user


@login_required
@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Who one is here, how one signs in, and the newest of one's record."""
    person, language = me(request), (get_language() or "ar")[:2]
    context = {
        "shown": person,
        "mobile": phones.display(person.mobile) if person.mobile else "",
        "authenticators": list(
            Authenticator.objects.filter(user_id=person.pk).values_list("type", flat=True)
        ),
        "change": queries.email_change_of(person),
        "consents": queries.consents_of(person, most=3),
        "claimable": claimable(person),
        "country": dict(countries(language)).get(person.country, person.country),
        "time_zone": dict(time_zones(language)).get(person.time_zone, person.time_zone),
    }
    return render(request, "portal/account/account.html", context)


def claimable(person: Person) -> bool:
    """Whether tickets opened without an account carry this person's address."""
    return Ticket.objects.claimable_by(person.email).exists()


@require_POST
@login_required
def claims(request: HttpRequest) -> HttpResponse:
    """Take over the tickets that were opened without an account from one's own address."""
    taken = ticket_actions.claim(me(request))
    if taken:
        sentence = ngettext(
            "%(count)d ticket is in your account now.",
            "%(count)d tickets are in your account now.",
            len(taken),
        )
        messages.success(request, sentence % {"count": len(taken)})
    return redirect("portal:account_record" if taken else "portal:account")


@login_required
@never_cache
def profile(request: HttpRequest) -> HttpResponse:
    """One's own particulars, language and time zone."""
    person = me(request)
    initial = {name: getattr(person, name) for name in PROFILE}
    initial["mobile"] = phones.display(person.mobile) if person.mobile else ""
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method != "POST":
        return render(request, "portal/account/profile.html", {"form": form})
    if not form.is_valid():
        return render(request, "portal/account/profile.html", {"form": form}, status=422)
    changed = actions.change_profile(person, **{name: form.cleaned_data[name] for name in PROFILE})
    with translation.override(changed.language):
        messages.success(request, gettext("Saved."))
        response = redirect("portal:account")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        changed.language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


@login_required
@never_cache
@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """Every ticket of one's own with the terms accepted for it, newest first, and every other acceptance of terms."""
    person = me(request)
    rows = Ticket.objects.of(person.pk).select_related("terms").order_by("-pk")
    after = request.GET.get("after", "")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=int(after[:18]))
    tickets = list(rows[:26])
    consents = queries.consents_of(person, most=26, after=request.GET.get("consents", ""))
    context = {
        "tickets": tickets[:25],
        "older_tickets": str(tickets[24].pk) if len(tickets) > 25 else "",
        "consents": consents[:25],
        "older_consents": str(consents[24].pk) if len(consents) > 25 else "",
    }
    return render(request, "portal/account/record.html", context)


@login_required
@never_cache
@reauthentication_required(app="allauth.mfa")  # type: ignore[untyped-decorator]
def email(request: HttpRequest) -> HttpResponse:
    """Ask for another e-mail address; both addresses then get a link."""
    person = me(request)
    form = EmailChangeForm(request.POST or None, person=person)
    context = {"form": form, "change": queries.email_change_of(person), "shown": person}
    if request.method != "POST":
        return render(request, "portal/account/email.html", context)
    if not form.is_valid():
        return render(request, "portal/account/email.html", context, status=422)
    if limited(request, "email_change", f"person:{person.pk}"):
        return too_many(request, "email_change", f"person:{person.pk}")
    actions.ask_email_change(person, form.cleaned_data["email"], post=send)
    messages.success(request, gettext("We sent a mail to each of the two addresses. Open the link in both."))
    return redirect("account_email")


@never_cache
def email_change(request: HttpRequest, token: str) -> HttpResponse:
    """The mailed link of one of the two addresses: a page with one button, then what it brought about."""
    change = actions.email_change_by(token)
    if change is None:
        return render(request, "portal/account/email_change_over.html", status=410)
    if request.method != "POST":
        return render(request, "portal/account/email_change.html", {"change": change})
    done = actions.agree_email_change(token, post=send, recognise=participating.recognise)
    if done is None:
        return render(request, "portal/account/email_change_over.html", status=410)
    return render(request, "portal/account/email_change_agreed.html", {"change": change, "done": done})


@require_POST
@login_required
def email_change_removal(request: HttpRequest) -> HttpResponse:
    """Give up a change of address that is under way."""
    actions.drop_email_change(me(request))
    messages.success(request, gettext("Your address stays as it is."))
    return redirect("account_email")


@require_POST
@login_required
def sign_out_everywhere(request: HttpRequest) -> HttpResponse:
    """End every session of one's own, this one too."""
    actions.end_sessions(me(request))
    logout(request)
    messages.success(request, gettext("You are signed out everywhere."))
    return redirect("account_login")

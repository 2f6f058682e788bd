"""A ticket followed through its personal link, and the page that mails a new link."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.portal import actions, browser, limits
from tawasul.portal.forms.contact import LinkForm
from tawasul.portal.views import correspondence
from tawasul.portal.views.correspondence import Place
from tawasul.tickets import direct
from tawasul.tickets.models import Ticket

OF_AN_ADDRESS = 5  # new links an hour
OF_A_NETWORK = 30


def behind_link(
    view: Callable[[HttpRequest, Ticket, Place], HttpResponse],
) -> Callable[[HttpRequest, str], HttpResponse]:
    """Gives the view the ticket that the link opens. A link that opens nothing (expired, unknown, or the ticket now
    belongs to an account) gets the page that offers a new one."""

    @wraps(view)
    def opened(request: HttpRequest, token: str) -> HttpResponse:
        try:
            held = direct.used_link(token)
        except direct.LinkExpired:
            return render(request, "portal/link.html", {"form": LinkForm(), "expired": True}, status=410)
        except Http404:
            return render(request, "portal/link.html", {"form": LinkForm(), "unknown": True}, status=404)
        browser.open_link(request, token)
        response = view(request, held.ticket, Place.of_link(token, held.participant))
        response["X-Robots-Tag"] = "noindex"
        return response

    return opened


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """Number and address get a new personal link by mail. The answer never says whether they belong together."""
    if request.method != "POST":
        return render(request, "portal/link.html", {"form": LinkForm()})
    form = LinkForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/link.html", {"form": form}, status=422)
    email = form.cleaned_data["email"].address
    if not limits.spend("link network", limits.network_of(request), most=OF_A_NETWORK, per=limits.HOUR):
        return render(request, "portal/link.html", {"form": form, "refused_for_now": True}, status=429)
    if limits.spend("link address", email.lower(), most=OF_AN_ADDRESS, per=limits.HOUR):
        ticket = direct.ticket_to_link_anew(form.cleaned_data["number"], email)
        if ticket is not None:
            actions.send_new_link(ticket)
        else:
            part = direct.participant_to_link_anew(form.cleaned_data["number"], email)
            if part is not None:
                actions.send_new_link(part.ticket, part)
    return HttpResponseRedirect(f"{reverse('portal:guest_link')}?sent", status=303)


@never_cache
@require_safe
@behind_link
def ticket(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """The ticket's page for whoever holds its link."""
    return correspondence.page(request, found, place)


@never_cache
@require_safe
@behind_link
def receipt(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """The receipt to print."""
    return correspondence.receipt(request, found, place)


@never_cache
@require_POST
@behind_link
def follow_up(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """Send a further letter."""
    return correspondence.follow_up(request, found, place)


@never_cache
@require_POST
@behind_link
def closure(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """The customer says that the problem is solved."""
    return correspondence.closure(request, found, place)


@never_cache
@require_POST
@behind_link
def reopening(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """Open the closed ticket again."""
    return correspondence.reopening(request, found, place)


@never_cache
@require_POST
@behind_link
def departure(request: HttpRequest, found: Ticket, place: Place) -> HttpResponse:
    """Take part in somebody else's ticket no longer."""
    return correspondence.departure(request, found, place)

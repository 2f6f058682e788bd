"""What the signed-in customer does on a ticket: follow it up, close it, open it again."""

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tawasul.portal.views import correspondence
from tawasul.portal.views.correspondence import Place
from tawasul.tickets import access

View = Callable[[HttpRequest, str], HttpResponse]


def signed_in(view: View) -> View:
    """Whoever's session ended while they wrote signs in and comes back to the ticket's page, not to this address."""

    @wraps(view)
    def guarded(request: HttpRequest, number: str) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, number)
        return redirect_to_login(reverse("portal:ticket", args=[number]))

    return guarded


@never_cache
@require_POST
@signed_in
def follow_up(request: HttpRequest, number: str) -> HttpResponse:
    """Send a further letter."""
    ticket, part = access.shared_ticket_for(request.user, number)
    return correspondence.follow_up(request, ticket, Place.of_account(ticket, part))


@never_cache
@require_POST
@signed_in
def departure(request: HttpRequest, number: str) -> HttpResponse:
    """Take part in somebody else's ticket no longer."""
    ticket, part = access.shared_ticket_for(request.user, number)
    return correspondence.departure(request, ticket, Place.of_account(ticket, part))


@never_cache
@require_POST
@signed_in
def closure(request: HttpRequest, number: str) -> HttpResponse:
    """The customer says that the problem is solved."""
    ticket = access.ticket_for(request.user, number)
    return correspondence.closure(request, ticket, Place.of_account(ticket))


@never_cache
@require_POST
@signed_in
def reopening(request: HttpRequest, number: str) -> HttpResponse:
    """Open the closed ticket again."""
    ticket = access.ticket_for(request.user, number)
    return correspondence.reopening(request, ticket, Place.of_account(ticket))

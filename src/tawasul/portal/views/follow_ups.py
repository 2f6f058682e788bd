"""What the signed-in customer does on a ticket: follow it up, close it, open it again."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tawasul.portal.views import correspondence
from tawasul.portal.views.correspondence import Place
from tawasul.tickets import access


@never_cache
@require_POST
@login_required
def follow_up(request: HttpRequest, number: str) -> HttpResponse:
    """Send a further letter."""
    ticket = access.ticket_for(request.user, number)
    return correspondence.follow_up(request, ticket, Place.of_account(ticket))


@never_cache
@require_POST
@login_required
def closure(request: HttpRequest, number: str) -> HttpResponse:
    """"My problem is solved"."""
    ticket = access.ticket_for(request.user, number)
    return correspondence.closure(request, ticket, Place.of_account(ticket))


@never_cache
@require_POST
@login_required
def reopening(request: HttpRequest, number: str) -> HttpResponse:
    """Open the closed ticket again."""
    ticket = access.ticket_for(request.user, number)
    return correspondence.reopening(request, ticket, Place.of_account(ticket))

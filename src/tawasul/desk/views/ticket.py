"""One ticket at the desk."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.desk import correspondence, gate
from tawasul.notices import actions as notices
from tawasul.tickets import access


@require_safe
@never_cache
@gate.staff_only
def ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The correspondence with its notes, the dossier and the composer (?compose=answer|note)."""
    found = access.desk_ticket_for(gate.staff_member(request), number)
    address = reverse("desk:ticket", args=[found.spoken_number])
    if request.path != address:
        return redirect(
            f"{address}?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else address
        )
    notices.see(found, gate.staff_member(request))
    return correspondence.page(request, found)

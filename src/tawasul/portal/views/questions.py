"""What a script asks while a request is written: the form's parts as they are for what is chosen and typed so far.
Nothing is kept here, and nothing is said to be wrong."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tawasul.core import centre
from tawasul.portal.forms.contact import DirectForm
from tawasul.portal.forms.lookups import current_terms
from tawasul.portal.forms.own_fields import CONTINUED
from tawasul.portal.forms.tickets import RequestForm, TicketForm, key_of
from tawasul.portal.views import writing


@never_cache
@require_POST
@login_required
def of_ticket(request: HttpRequest) -> HttpResponse:
    """The parts of a new ticket's form."""
    return _parts(request, TicketForm, "kind=ticket")


@never_cache
@require_POST
def of_direct(request: HttpRequest) -> HttpResponse:
    """The parts of the direct form."""
    if not centre.current().direct_form:
        raise Http404
    return _parts(request, DirectForm, "kind=direct")


def _parts(request: HttpRequest, form: type[RequestForm], query: str) -> HttpResponse:
    context = {
        "form": form(initial=request.POST.dict(), current_terms=current_terms()),
        "first": 1,
        "by_script": True,
        "continued": CONTINUED,
        **writing.upload_context(key_of(request.POST), None),
        "upload_query": query,
    }
    return render(request, "portal/_request_fields.html", context)

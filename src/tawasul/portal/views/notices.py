"""The page behind a notice's ``List-Unsubscribe``: no more of them, or notices again."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from tawasul.mail import notices


@csrf_exempt  # a mail provider presses the button for its user (RFC 8058): the link itself is the proof
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: programs that check links would otherwise press the button."""
    address = notices.address_of(token)
    if address is None:
        raise Http404
    if request.method == "POST":
        (notices.allow if "again" in request.POST else notices.refuse)(address)
    context = {"address": address, "refused": notices.refused(address)}
    response = render(request, "portal/notices.html", context)
    response["X-Robots-Tag"] = "noindex"
    return response

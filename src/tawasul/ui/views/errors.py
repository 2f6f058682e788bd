"""Error pages in the page's language."""

from django.http import HttpRequest, HttpResponse


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form came without its token or from elsewhere."""
    return HttpResponse(status=403)

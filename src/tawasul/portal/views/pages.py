"""Pages that anyone may read: home, privacy, accessibility."""

import math

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tawasul.core import centre
from tawasul.service_levels import calendar
from tawasul.ui.turn import example


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the service is, the two ways in, four steps, and the two promises as they are set now."""
    open_days = max(1, centre.current().close_after_hours // 24)
    context = {
        "specimen": example(open_days),
        "open_days": open_days,
        "answer_days": math.ceil(calendar.current().answer_days),
    }
    return render(request, "portal/home.html", context)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about a person, why, how long, and whom to ask."""
    return render(request, "portal/privacy.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What works for whom, what was tried, and where to report what does not."""
    return render(request, "portal/accessibility.html")

"""The floor: the least that a page of Django costs on this machine. Figures are told as multiples of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path


@login_required
def page(request: HttpRequest) -> HttpResponse:
    """One template that names who is signed in."""
    return render(request, "floor.html", {"person": request.user})


def alive(request: HttpRequest) -> HttpResponse:
    """What the measurement waits for."""
    return HttpResponse("alive")


urlpatterns = [path("", page), path("ar/", alive)]

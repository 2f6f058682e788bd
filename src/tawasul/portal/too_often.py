"""Too often: the page that says when one may try again. The limits themselves are counted by allauth."""

import time
from collections.abc import Mapping
from datetime import datetime, timedelta

from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse

from tawasul.core import clock
from tawasul.ui.views import errors

ALLAUTH = "allauth.account"
# What allauth counts at its pages. It only says that the limit is reached, not which.
ACTIONS = {
    "account_login": "login",
    "account_reset_password": "reset_password",
    "account_reset_password_from_key": "reset_password_from_key",
    "account_reauthenticate": "reauthenticate",
    "account_change_password": "change_password",
    "account_set_password": "change_password",
}


def free_at(
    request: HttpRequest, *, app: str, action: str, limits: Mapping[str, str] | None = None, key: str
) -> datetime | None:
    """From when on the action is open again; None where no limit is reached.

    A count holds the moments of the last times, newest first; a place is free again when the oldest is too long ago.
    """
    now, longest = time.time(), 0.0
    config = None if limits is None else dict(limits)
    for rate in ratelimit.get_rates(app=app, action=action, config=config):
        try:
            place = ratelimit.get_cache_key(request, app=app, action=action, rate=rate, key=key)
        except ImproperlyConfigured:  # counted for each person, and nobody is signed in
            continue
        times: list[float] = cache.get(place, [])
        if len(times) >= rate.amount:
            longest = max(longest, times[rate.amount - 1] + rate.duration - now)
    return clock.now() + timedelta(seconds=longest) if longest > 0 else None


def too_often(request: HttpRequest) -> HttpResponse:
    """429 for a page of allauth."""
    at = request.resolver_match.view_name if request.resolver_match else ""
    action = ACTIONS.get(at)
    if action is None:
        return errors.page(request, 429)
    key = request.POST.get("email", "").strip().lower()
    return errors.page(request, 429, until=free_at(request, app=ALLAUTH, action=action, key=key))

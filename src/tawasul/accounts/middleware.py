"""Middleware about who is signed in."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse

from tawasul.core import clock

Respond = Callable[[HttpRequest], HttpResponse]

COOKIE = "tawasul_seen"
EVERY = 300  # seconds between two notes of a session's being in use


def session_seen(respond: Respond) -> Respond:
    """Note when, and from where, each session was last used: once in ``EVERY`` seconds, so that a page does not pay.

    A signed cookie bound to the session says when it was noted; only an old one costs a write.
    """
    signer = TimestampSigner(salt="tawasul.session-seen")

    def middleware(request: HttpRequest) -> HttpResponse:
        response = respond(request)
        key = request.session.session_key
        if not key:
            return response
        try:
            fresh = signer.unsign(request.COOKIES.get(COOKIE, ""), max_age=EVERY) == key[:8]
        except BadSignature:
            fresh = False
        if not fresh and request.user.is_authenticated:  # asked last: a page that needs no person loads none
            UserSession.objects.filter(session_key=key, user_id=request.user.pk).update(
                last_seen_at=clock.now(),
                ip=get_adapter(request).get_client_ip(request),
                user_agent=request.headers.get("User-Agent", "")[:200],
            )
            response.set_cookie(
                COOKIE,
                signer.sign(key[:8]),
                max_age=EVERY,
                httponly=True,
                secure=request.is_secure(),
                samesite="Lax",
            )
        return response

    return middleware

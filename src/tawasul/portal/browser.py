"""A stranger's browser: a random cookie that a draft begun without an account belongs to, the personal links that
were opened in it, and the account requests that were made in it."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from tawasul.core.tokens import new_token, token_hash

COOKIE = "tawasul_browser"
AGE = timedelta(days=30)
LINKS = "guest_links"  # in the session: hashes of the personal links opened here, the last ones only
_MOST_LINKS = 20
REQUESTS = "account_requests"  # in the session: hashes of the keys of requests made here, the last ones only
_MOST_REQUESTS = 10


def hash_of(request: HttpRequest) -> str:
    """The hash by which this browser's drafts are known; empty where the browser has no cookie yet."""
    token = request.COOKIES.get(COOKIE, "")
    return token_hash(token) if 20 <= len(token) <= 100 else ""


def named(request: HttpRequest) -> str:
    """Like ``hash_of``, and gives the browser a name where it has none; ``remember`` must send it."""
    known = hash_of(request)
    if known:
        return known
    token, hashed = new_token()
    request.COOKIES[COOKIE] = token
    request.META["TAWASUL_NEW_BROWSER"] = token
    return hashed


def remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Send the cookie of a browser that ``named`` has just named."""
    token = request.META.get("TAWASUL_NEW_BROWSER")
    if token:
        response.set_cookie(
            COOKIE, token, max_age=AGE, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


def open_link(request: HttpRequest, token: str) -> None:
    """Keep that this browser holds a personal link, so that the ticket's files can be fetched by their own address."""
    held = [h for h in request.session.get(LINKS, []) if isinstance(h, str)]
    hashed = token_hash(token)
    if hashed not in held:
        request.session[LINKS] = [*held, hashed][-_MOST_LINKS:]


def held_links(request: HttpRequest) -> list[str]:
    """Hashes of the personal links that were opened in this browser."""
    return [h for h in request.session.get(LINKS, []) if isinstance(h, str)]


def keep_request(request: HttpRequest, key: str) -> None:
    """Keep that the account request of this key was made, or its password given, in this browser."""
    held = [h for h in request.session.get(REQUESTS, []) if isinstance(h, str)]
    hashed = token_hash(key)
    if hashed not in held:
        request.session[REQUESTS] = [*held, hashed][-_MOST_REQUESTS:]


def asked_here(request: HttpRequest, key: str) -> bool:
    """Whether this browser may activate the account request of this key without its password."""
    return token_hash(key) in request.session.get(REQUESTS, [])

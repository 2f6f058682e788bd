"""What a visitor may choose for every page: the language and the colours. Plain links, so scripts are not needed."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import translate_url
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.models import Person

YEAR = 365 * 24 * 60 * 60
LANGUAGES = frozenset(code for code, _name in settings.LANGUAGES)


def remembered_language(request: HttpRequest) -> str:
    """The language of a visitor who names none: chosen before, else English where the browser asks for it
    before anything Arabic, else Arabic."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = request.headers.get("Accept-Language", "")[:200].split(",")[0].strip().lower()
    return "en" if wanted.startswith("en") else settings.LANGUAGE_CODE


def _next(request: HttpRequest) -> str:
    """The page to go back to: a path of this site, never another one."""
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) and wanted.startswith("/"):
        return wanted
    return "/"


def _in_language(target: str, chosen: str) -> str:
    """The same path and query in the chosen language."""
    shown, _slash, rest = target.removeprefix("/").partition("/")
    if shown not in LANGUAGES:
        return f"/{chosen}/"
    with translation.override(shown):
        translated = translate_url(target, chosen)
    return translated if translated != target else f"/{chosen}/{rest}"


@require_safe
def entrance(request: HttpRequest) -> HttpResponse:
    """``/`` leads to the home page in the visitor's language."""
    response = HttpResponseRedirect(f"/{remembered_language(request)}/")
    response["Vary"] = "Accept-Language, Cookie"
    return response


@require_safe
@never_cache
def set_language(request: HttpRequest) -> HttpResponse:
    """The same page in the other language; the choice is remembered in the browser and, when signed in, on the
    person, unless another site's link led here: that must not change the language of somebody's mails. An unknown
    language changes nothing."""
    target, chosen = _next(request), request.GET.get("to", "")
    if chosen not in LANGUAGES:
        return HttpResponseRedirect(target)
    response = HttpResponseRedirect(_in_language(target, chosen))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.BEHIND_TLS
    )
    ours = request.headers.get("Sec-Fetch-Site", "same-origin") in {"same-origin", "none"}
    if ours and settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        Person.objects.filter(pk=request.user.pk).exclude(language=chosen).update(language=chosen)
    return response


@require_safe
@never_cache
def set_theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (``auto``) as the device; kept in a cookie, so that the page arrives in its colours."""
    response = HttpResponseRedirect(_next(request))
    chosen = request.GET.get("to", "")
    if chosen in {"light", "dark"}:
        response.set_cookie("tawasul_theme", chosen, max_age=YEAR, samesite="Lax", secure=settings.BEHIND_TLS)
    elif chosen == "auto":
        response.delete_cookie("tawasul_theme")
    return response

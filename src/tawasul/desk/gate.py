"""Who passes the desk's door: staff, with two-step sign-in where the installation asks for it; and for what."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from tawasul.accounts import access as accounts_access
from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.accounts.roles import Permission
from tawasul.live import attendance
from tawasul.tickets import access as tickets_access

P = ParamSpec("P")
Door = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def turned_away(request: HttpRequest, *, back_to: str) -> HttpResponseBase | None:
    """The answer for whoever may not enter, or None for staff who may.

    A stranger signs in and comes back to ``back_to``; staff without the required second step are led to
    set it up. Raises Http404 for everybody else: the desk does not exist for a customer.
    """
    person = request.user
    if not person.is_authenticated:
        if request.headers.get("X-Requested-With") or request.headers.get("HX-Request"):
            return HttpResponse(status=401)  # a script must not take the sign-in page for "it is kept"
        return redirect_to_login(back_to)
    if not isinstance(person, Person) or not tickets_access.is_staff(person):
        raise Http404
    if accounts_access.two_steps_missing(person):
        messages.warning(
            request, _("Staff sign in with two steps. Set up the second one, then the desk opens.")
        )
        return redirect("mfa_index")
    return None


def staff_only(view: Door[P]) -> Door[P]:
    """Guards a view of the desk. A form sent after the session ended leads back to its page, not to its address."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        back_to = request.get_full_path() if request.method in {"GET", "HEAD"} else _page_of(kwargs)
        turned = turned_away(request, back_to=back_to)
        if turned is not None:
            return turned
        answer = view(request, *args, **kwargs)
        attendance.note([staff_member(request).pk])
        return answer

    return cast(Door[P], guarded)


def allowed(permission: Permission) -> Callable[[Door[P]], Door[P]]:
    """Guards a view for the staff whose role may do this; for the others of the staff it does not exist (404)."""

    def guard(view: Door[P]) -> Door[P]:
        @wraps(view)
        def permitted(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request, permission)
            return view(request, *args, **kwargs)

        return staff_only(cast(Door[P], permitted))

    return guard


def require(request: HttpRequest, permission: Permission) -> None:
    """Where what is needed depends on what was sent: raises Http404 for staff whose role may not do it."""
    if not roles.may(staff_member(request), permission):
        raise Http404


def permissions_of(person: Person) -> frozenset[str]:
    """The names of everything that the person's role may do, for a template to ask: ``"answer" in can``."""
    return frozenset(permission.value for permission in Permission if roles.may(person, permission))


def staff_member(request: HttpRequest) -> Person:
    """The person behind a request that passed ``staff_only``."""
    assert isinstance(request.user, Person)
    return request.user


def _page_of(kwargs: dict[str, Any]) -> str:
    if "pk" in kwargs:
        return reverse("desk:mail")
    number = kwargs.get("number")
    return reverse("desk:ticket", args=[number]) if number else reverse("desk:queue")

"""The administration site: our sign-in, our words, and only the tables that an administrator edits."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy, translate_url
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.desk import gate


class CentreAdmin(admin.AdminSite):
    """Django's admin behind the desk's door; an administrator holds at least one permission."""

    site_header = _("Administration")
    site_title = _("Administration")
    index_title = _("Choices of the centre")
    site_url: Any = reverse_lazy("desk:queue")
    empty_value_display = "–"

    def has_permission(self, request: HttpRequest) -> bool:
        person = request.user
        return bool(
            person.is_active
            and getattr(person, "is_staff", False)
            and (person.is_superuser or person.get_all_permissions())
        )

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            away = gate.turned_away(request, back_to=request.get_full_path())
            if away is not None:
                return away
            if not self.has_permission(request):
                raise Http404
            answer: HttpResponseBase = inner(request, *args, **kwargs)
            return answer

        return guarded

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        here = request.get_full_path()
        others = [(code, name) for code, name in settings.LANGUAGES if code != get_language()]
        return {
            **super().each_context(request),
            "desk_word": _("Desk"),
            "sign_out_word": _("Sign out"),
            "other_languages": [(code, name, translate_url(here, code)) for code, name in others],
        }

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The rooms in the order an administrator thinks of them, the history last."""
        order = ["core", "tickets", "mail", "accounts", "service_levels", "admin"]
        return sorted(super().get_app_list(request, app_label), key=lambda app: order.index(app["app_label"]))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The ordinary sign-in is the only one, with its limits and second step."""
        return redirect("admin:index") if self.has_permission(request) else redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        return redirect("account_change_password")


site = CentreAdmin(name="admin")

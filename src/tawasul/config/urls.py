"""Every address of the portal. Pages stand below /ar/ and /en/; machines' addresses have no language."""

import importlib

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from tawasul.config import health
from tawasul.desk.admin.site import site


def _door(module: str) -> list[URLPattern | URLResolver]:
    """A door's addresses; none while the door is still being built."""
    try:
        return list(importlib.import_module(module).urlpatterns)
    except Exception:  # noqa: BLE001
        return []


def _account_pages() -> list[URLPattern]:
    try:
        return list(importlib.import_module("tawasul.portal.account_urls").own_pages)
    except Exception:  # noqa: BLE001
        return []


urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("desk/", RedirectView.as_view(pattern_name="desk:queue", query_string=True)),
    *_door("tawasul.ui.urls"),
    *i18n_patterns(
        path(
            "",
            include(([*_door("tawasul.portal.urls"), path("account/", include(_account_pages()))], "portal")),
        ),
        path("account/", include(_door("tawasul.portal.account_urls"))),
        path("desk/", include((_door("tawasul.desk.urls"), "desk"))),
        path("", include(_door("tawasul.ui.page_urls"))),
        path("admin/", site.urls),
    ),
]
handler400 = "tawasul.ui.views.errors.bad_request"
handler403 = "tawasul.ui.views.errors.permission_denied"
handler404 = "tawasul.ui.views.errors.page_not_found"
handler500 = "tawasul.ui.views.errors.server_error"

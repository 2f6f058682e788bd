"""Every address of the portal. Pages stand below /ar/ and /en/; machines' addresses have no language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from tawasul.config import health
from tawasul.desk import urls as desk
from tawasul.desk.admin.site import site
from tawasul.portal import account_urls, urls
from tawasul.ui import page_urls
from tawasul.ui import urls as ui

portal: list[URLPattern | URLResolver] = [
    *urls.urlpatterns,
    path("account/", include(account_urls.own_pages)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("desk/", RedirectView.as_view(pattern_name="desk:queue", query_string=True)),
    *ui.urlpatterns,
    *i18n_patterns(
        path("", include((portal, "portal"))),
        path("account/", include(account_urls.urlpatterns)),  # allauth's names have no namespace
        path("desk/", include((desk.urlpatterns, "desk"))),
        path("admin/", site.urls),
        *page_urls.urlpatterns,
    ),
]
handler400 = "tawasul.ui.views.errors.bad_request"
handler403 = "tawasul.ui.views.errors.permission_denied"
handler404 = "tawasul.ui.views.errors.page_not_found"
handler429 = "tawasul.portal.too_often.too_often"  # asked for by allauth
handler500 = "tawasul.ui.views.errors.server_error"

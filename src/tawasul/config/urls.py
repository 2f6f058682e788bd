"""Every address of the portal. Pages stand below /ar/ and /en/; machines' addresses have no language."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

"""Addresses of what staff are told, and of where they want to be told it."""

from django.urls import URLPattern, path

from tawasul.desk.views import notices

urlpatterns: list[URLPattern] = [
    path("notices/", notices.notices, name="notices"),
    path("notices/seen/", notices.seen, name="notices_seen"),
    path("notices/choices/", notices.choices, name="notice_choices"),
]

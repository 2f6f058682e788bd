"""Addresses without a language: the entrance, and what a visitor chooses for every page."""

from django.urls import path

from tawasul.ui.views import choices

urlpatterns = [
    path("", choices.entrance, name="entrance"),
    path("language/", choices.set_language, name="set_language"),
    path("theme/", choices.set_theme, name="set_theme"),
]

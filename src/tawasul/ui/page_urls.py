"""This room's own page, below the language prefix."""

from django.urls import path

from tawasul.ui.views import components

urlpatterns = [path("components/", components.page, name="components")]

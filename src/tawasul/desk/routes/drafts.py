"""Addresses of what colleagues are writing."""

from django.urls import URLPattern, path

from tawasul.desk.views import drafts

urlpatterns: list[URLPattern] = [
    path("tickets/<str:number>/drafts/", drafts.drafts_of_colleagues, name="drafts"),
]

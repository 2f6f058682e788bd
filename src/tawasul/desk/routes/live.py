"""Addresses of what is told to open pages."""

from django.urls import URLPattern, path

from tawasul.desk.views import live

urlpatterns: list[URLPattern] = [
    path("live/", live.stream, name="live"),
    path("live/news/", live.news, name="live_news"),
    path("tickets/<str:number>/visits/", live.visit, name="visit"),
]

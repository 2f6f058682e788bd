"""Addresses of what staff have ready, and of what helps while they write."""

from django.urls import URLPattern, path

from tawasul.desk.views import macros, offers, ready

urlpatterns: list[URLPattern] = [
    path("tickets/<str:number>/answers/<int:pk>/retraction/", offers.retraction, name="retraction"),
    path("tickets/<str:number>/ready/", offers.offers, name="offers"),
    path("tickets/<str:number>/ready/insertion/", offers.insertion, name="insertion"),
    path("tickets/<str:number>/macros/", macros.macros, name="macros"),
    path("tickets/<str:number>/macros/<int:pk>/", macros.macro, name="macro"),
    path("ready/", ready.entrance, name="ready"),
    path("ready/<str:kind>/", ready.listed, name="ready_list"),
    path("ready/<str:kind>/new/", ready.new, name="ready_new"),
    path("ready/<str:kind>/preview/", ready.preview, name="ready_preview"),
    path("ready/<str:kind>/<int:pk>/", ready.one, name="ready_one"),
    path("ready/<str:kind>/<int:pk>/removal/", ready.removal, name="ready_removal"),
]

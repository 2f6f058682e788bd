"""Finding and doing things without the mouse."""

from django.urls import URLPattern, path

from tawasul.desk.views import choices, keys, palette

urlpatterns: list[URLPattern] = [
    path("search/", palette.search, name="search"),
    path("palette/", palette.palette, name="palette"),
    path("keys/", keys.keys, name="keys"),
    path("choices/", choices.choices, name="choices"),
    path("names/", keys.names, name="names"),
]

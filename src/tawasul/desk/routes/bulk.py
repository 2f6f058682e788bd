"""Addresses of what is done to many tickets at once."""

from django.urls import URLPattern, path

from tawasul.desk.views import bulk

urlpatterns: list[URLPattern] = [
    path("bulk/", bulk.jobs, name="bulk"),
    path("bulk/preview/", bulk.preview, name="bulk_preview"),
    path("bulk/<uuid:key>/", bulk.job, name="bulk_job"),
    path("bulk/<uuid:key>/undoing/", bulk.undoing, name="bulk_undoing"),
]

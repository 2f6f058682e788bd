"""Finding work: the filter of the queue, and the views that staff keep."""

from django.urls import URLPattern, path

from tawasul.desk.views import queue, saved

urlpatterns: list[URLPattern] = [
    path("filter/", queue.filter_form, name="filter"),
    path("saved-views/", saved.saved_views, name="saved_views"),
    path("saved-views/counts/", saved.counts, name="saved_counts"),
    path("saved-views/<int:pk>/", saved.saved_view, name="saved_view"),
    path("saved-views/<int:pk>/position/", saved.position, name="saved_view_position"),
    path("saved-views/<int:pk>/removal/", saved.removal, name="saved_view_removal"),
]

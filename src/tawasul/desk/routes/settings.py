"""The settings of the desk, and the board."""

from django.urls import URLPattern, path

from tawasul.desk.views import board, people, settings

urlpatterns: list[URLPattern] = [
    path("board/", board.board, name="board"),
    path("settings/", settings.first, name="settings"),
    path("settings/history/", settings.history, name="settings_history"),
    path("settings/people/", people.people, name="settings_people"),
    path("settings/people/<int:pk>/role/", people.role, name="settings_role"),
    path("settings/people/<int:pk>/capacity/", people.capacity, name="settings_capacity"),
    path("settings/permissions/", people.permissions, name="settings_permissions"),
    path("settings/<slug:noun>/", settings.listed, name="settings_list"),
    path("settings/<slug:noun>/new/", settings.new, name="settings_new"),
    path("settings/<slug:noun>/<int:pk>/", settings.one, name="settings_one"),
    path("settings/<slug:noun>/<int:pk>/position/", settings.position, name="settings_position"),
    path("settings/<slug:noun>/<int:pk>/removal/", settings.removal, name="settings_removal"),
    path("settings/<slug:noun>/<int:pk>/merging/", settings.merging, name="settings_merging"),
]

"""Presence and absences."""

from django.urls import URLPattern, path

from tawasul.desk.views import absences

urlpatterns: list[URLPattern] = [
    path("presence/", absences.presence, name="presence"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:pk>/", absences.absence, name="absence_one"),
    path("absences/<int:pk>/removal/", absences.removal, name="absence_removal"),
    path("absences/<int:pk>/reading/", absences.reading, name="absence_reading"),
]

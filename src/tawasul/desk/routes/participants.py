"""Who takes part in a ticket beside its requester."""

from django.urls import URLPattern, path

from tawasul.desk.views import participants

urlpatterns: list[URLPattern] = [
    path("tickets/<str:number>/participants/", participants.participants, name="participants"),
    path(
        "tickets/<str:number>/participants/<int:pk>/removal/",
        participants.participant_removal,
        name="participant_removal",
    ),
]

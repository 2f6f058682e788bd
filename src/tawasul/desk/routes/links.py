"""Addresses of what joins tickets: merging, splitting, links, and the answer to all parts of a ticket."""

from django.urls import path

from tawasul.desk.views import children, links, merging, splitting

urlpatterns = [
    path("tickets/<str:number>/merging/", merging.merging, name="merging"),
    path("tickets/<str:number>/unmerging/", merging.unmerging, name="unmerging"),
    path("tickets/<str:number>/letters/<int:letter>/splitting/", splitting.splitting, name="splitting"),
    path("tickets/<str:number>/unsplitting/", splitting.unsplitting, name="unsplitting"),
    path("tickets/<str:number>/links/", links.links, name="links"),
    path("tickets/<str:number>/links/<int:link>/removal/", links.removal, name="link_removal"),
    path("tickets/<str:number>/parts/answers/", children.answers, name="children_answers"),
]

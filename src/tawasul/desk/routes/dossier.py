"""What stands beside a ticket: its properties, tags, work, history, and putting it off."""

from django.urls import URLPattern, path

from tawasul.desk.views import about, properties, snoozes, work

urlpatterns: list[URLPattern] = [
    path("tags/", work.tag_names, name="tag_names"),
    path("tickets/<str:number>/properties/<str:name>/", properties.edited, name="property"),
    path("tickets/<str:number>/team/", properties.team, name="transfer"),
    path("tickets/<str:number>/tags/", work.tags, name="tagging"),
    path("tickets/<str:number>/tags/<int:pk>/removal/", work.tag_removal, name="tag_removal"),
    path("tickets/<str:number>/following/", work.following, name="following"),
    path("tickets/<str:number>/checklist/", work.checklist, name="checklist"),
    path("tickets/<str:number>/checklist/<int:pk>/", work.checklist_item, name="checklist_item"),
    path("tickets/<str:number>/time/", work.time, name="time"),
    path("tickets/<str:number>/timer/", work.timer, name="timer"),
    path("tickets/<str:number>/snooze/", snoozes.snooze, name="snooze"),
    path("tickets/<str:number>/waking/", snoozes.waking, name="waking"),
    path("tickets/<str:number>/spam/", snoozes.spam, name="spam"),
    path("tickets/<str:number>/events/", about.events, name="events"),
    path("tickets/<str:number>/requester/", about.requester, name="requester"),
]

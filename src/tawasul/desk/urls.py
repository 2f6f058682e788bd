"""Staff's addresses, below the language prefix. Nouns; what changes something is a POST to the noun it makes."""

from django.urls import URLPattern, path

from tawasul.desk.views import letters, moves, queue, ticket

app_name = "desk"

urlpatterns: list[URLPattern] = [
    path("", queue.queue, name="queue"),
    path("tickets/<str:number>/", ticket.ticket, name="ticket"),
    path("tickets/<str:number>/answers/", letters.answer, name="answer"),
    path("tickets/<str:number>/notes/", letters.note, name="note"),
    path("tickets/<str:number>/drafts/<str:kind>/<uuid:key>/", letters.draft, name="draft"),
    path("tickets/<str:number>/drafts/<str:kind>/<uuid:key>/files/", letters.files, name="draft_files"),
    path(
        "tickets/<str:number>/drafts/<str:kind>/<uuid:key>/files/<uuid:file>/removal/",
        letters.file_removal,
        name="draft_file_removal",
    ),
    path("tickets/<str:number>/preview/<str:kind>/", letters.preview, name="preview"),
    path("tickets/<str:number>/assignee/", moves.assignee, name="take"),
    path("tickets/<str:number>/hold/", moves.hold, name="hold"),
    path("tickets/<str:number>/resumption/", moves.resume, name="resume"),
    path("tickets/<str:number>/closure/", moves.closure, name="closure"),
    path("tickets/<str:number>/reopening/", moves.reopening, name="reopening"),
]

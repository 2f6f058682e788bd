"""Staff's addresses, below the language prefix. Nouns; what changes something is a POST to the noun it makes."""

from django.urls import URLPattern, path

from tawasul.desk.routes import (
    bulk,
    compose,
    dossier,
    drafts,
    fields,
    keys,
    links,
    live,
    notices,
    participants,
    settings,
    sharing,
)
from tawasul.desk.routes import list as lists
from tawasul.desk.views import letters, mail, mail_in, mail_out, moves, queue, ticket

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
    path("mail/", mail.for_staff, name="mail"),
    path("mail/in/", mail.came_in, name="mail_in"),
    path("mail/in/<int:pk>/", mail_in.page, name="mail_in_one"),
    path("mail/in/<int:pk>/html/", mail_in.html, name="mail_in_html"),
    path("mail/in/<int:pk>/original/", mail_in.original, name="mail_in_original"),
    path("mail/in/<int:pk>/acceptance/", mail_in.acceptance, name="mail_in_acceptance"),
    path("mail/in/<int:pk>/ticket/", mail_in.new_ticket, name="mail_in_ticket"),
    path("mail/in/<int:pk>/discarding/", mail_in.discarding, name="mail_in_discarding"),
    path("mail/in/<int:pk>/replay/", mail_in.replay, name="mail_in_replay"),
    path("mail/out/", mail.went_out, name="mail_out"),
    path("mail/out/<int:pk>/", mail_out.page, name="mail_out_one"),
    path("mail/out/<int:pk>/html/", mail_out.html, name="mail_out_html"),
    path("mail/out/<int:pk>/original/", mail_out.original, name="mail_out_original"),
    path("mail/out/<int:pk>/resending/", mail_out.resending, name="mail_out_resending"),
    path("mail/out/<int:pk>/address/", mail_out.address, name="mail_out_address"),
    path("mail/out/<int:pk>/settlement/", mail_out.settlement, name="mail_out_settlement"),
    *keys.urlpatterns,
    *links.urlpatterns,
    *live.urlpatterns,
    *notices.urlpatterns,
    *dossier.urlpatterns,
    *compose.urlpatterns,
    *fields.urlpatterns,  # before the settings' own, which know no fields' form
    *settings.urlpatterns,
    *lists.urlpatterns,
    *bulk.urlpatterns,
    *drafts.urlpatterns,
    *participants.urlpatterns,
    *sharing.urlpatterns,
]

"""The customers' addresses, below the language prefix. Nouns only; each door appends its own block."""

from django.urls import URLPattern, path, re_path

from tawasul.portal.views import (
    articles,
    caught_mail,
    contact,
    drafts,
    files,
    follow_ups,
    guests,
    new_ticket,
    notices,
    pages,
    questions,
    terms,
    tickets,
)

app_name = "portal"

# A number as people write it: either script's digits, with or without hyphens; the views redirect to the one form.
NUMBER = r"(?P<number>[0-9٠-٩۰-۹ ‐‑–—-]{4,40})"

urlpatterns: list[URLPattern] = [
    path("", pages.home, name="home"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("tickets/", tickets.index, name="tickets"),
    path("tickets/new/", new_ticket.page, name="new_ticket"),
    path("tickets/domain/", new_ticket.domain, name="domain"),
    path("tickets/questions/", questions.of_ticket, name="questions"),
    re_path(rf"^tickets/{NUMBER}/$", tickets.ticket, name="ticket"),
    re_path(rf"^tickets/{NUMBER}/receipt/$", tickets.receipt, name="receipt"),
    re_path(rf"^tickets/{NUMBER}/follow-ups/$", follow_ups.follow_up, name="follow_up"),
    re_path(rf"^tickets/{NUMBER}/closure/$", follow_ups.closure, name="closure"),
    re_path(rf"^tickets/{NUMBER}/reopening/$", follow_ups.reopening, name="reopening"),
    re_path(rf"^tickets/{NUMBER}/departure/$", follow_ups.departure, name="departure"),
    path("drafts/<uuid:key>/", drafts.save, name="draft"),
    path("drafts/<uuid:key>/removal/", drafts.removal, name="draft_removal"),
    path("drafts/<uuid:key>/files/", drafts.add_files, name="draft_files"),
    path("drafts/<uuid:key>/files/<uuid:file>/removal/", drafts.file_removal, name="draft_file_removal"),
    path("files/<uuid:file>/", files.preview, name="file"),
    path("files/<uuid:file>/original/", files.original, name="file_original"),
    path("files/<uuid:file>/thumb.webp", files.thumb, name="file_thumb"),
    path("files/<uuid:file>/pages/<int:number>.webp", files.page, name="file_page"),
    path("contact/", contact.page, name="contact"),
    path("contact/domain/", new_ticket.domain, name="contact_domain"),
    path("contact/questions/", questions.of_direct, name="contact_questions"),
    path("contact/sent/", contact.sent, name="contact_sent"),
    path("contact/confirm/<str:token>/", contact.confirm, name="contact_confirm"),
    path("follow/", guests.link, name="guest_link"),
    path("follow/<str:token>/", guests.ticket, name="guest_ticket"),
    path("follow/<str:token>/receipt/", guests.receipt, name="guest_receipt"),
    path("follow/<str:token>/follow-ups/", guests.follow_up, name="guest_follow_up"),
    path("follow/<str:token>/closure/", guests.closure, name="guest_closure"),
    path("follow/<str:token>/reopening/", guests.reopening, name="guest_reopening"),
    path("follow/<str:token>/departure/", guests.departure, name="guest_departure"),
    path("notices/<str:token>/", notices.page, name="notices"),
    path("articles/<str:slug>/", articles.article, name="article"),
    path("terms/", terms.page, name="terms"),
    # the demo's letter box: 404 elsewhere
    path("demo/mail/", caught_mail.index, name="caught_mails"),
    path("demo/mail/<slug:name>/", caught_mail.mail, name="caught_mail"),
    path("demo/mail/<slug:name>/html/", caught_mail.html, name="caught_mail_html"),
    path("demo/mail/<slug:name>/replies/", caught_mail.reply, name="caught_mail_reply"),
    path("demo/mail/<slug:name>/raw/", caught_mail.raw, name="caught_mail_raw"),
]

"""A stored file: its page with pictures of all its pages, the pictures, and the original."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tawasul.accounts.models import Person
from tawasul.attachments import queries, serving
from tawasul.attachments.models import StoredFile
from tawasul.portal import browser
from tawasul.tickets import access, direct, participation
from tawasul.tickets.models import Attachment, Ticket

SIZES = ("fit", "wide", "large")  # how large the pages are shown; the words stand in the template


def _file(request: HttpRequest, file: UUID) -> StoredFile:
    """The file, if this reader may see it: on an account's ticket or draft, or behind a link opened in this browser."""
    links = browser.held_links(request)
    held = direct.held(links) if links else direct.Held()
    return access.file_for(
        request.user,
        file,
        guest_tickets=held.tickets,
        guest_parts=held.parts,
        browser_hash=browser.hash_of(request),
    )


@never_cache
@require_safe
def preview(request: HttpRequest, file: UUID) -> HttpResponse:
    """All pages of a picture or document, to look at, and the original to save."""
    found = _file(request, file)
    size = request.GET.get("size", SIZES[0])
    attachment = Attachment.objects.select_related("message__ticket").get(file=found)
    ticket = attachment.message.ticket if attachment.message else None
    return render(
        request,
        "portal/file.html",
        {
            "current": "tickets",
            "file": found,
            "size": size if size in SIZES else SIZES[0],
            "sizes": SIZES,
            "pages": range(1, found.preview_pages + 1),
            "ready": found.preview == StoredFile.Preview.READY,
            "waiting": found.preview == StoredFile.Preview.WAITING,
            "ticket": ticket,
            "up": _ticket_page(request, ticket) if ticket is not None else "",
            "here": reverse("portal:file", args=[found.pk]),
        },
    )


def _ticket_page(request: HttpRequest, ticket: Ticket) -> str:
    """Where this reader sees the ticket: their own page, the desk for staff; empty behind a personal link."""
    if not isinstance(request.user, Person):
        return ""
    if ticket.requester_id == request.user.pk:
        return ticket.get_absolute_url()
    if access.is_at_work(request.user):
        return reverse("desk:ticket", args=[ticket.spoken_number])
    return ticket.get_absolute_url() if participation.of_person(request.user, ticket.number) else ""


@require_safe
def original(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """The original, byte for byte, as a download."""
    try:
        return serving.original_response(_file(request, file))
    except FileNotFoundError:
        raise Http404 from None


@require_safe
def thumb(request: HttpRequest, file: UUID) -> HttpResponseBase:
    """The small picture of the first page."""
    return _picture(serving.picture_response(queries.thumbnail(_file(request, file))))


@require_safe
def page(request: HttpRequest, file: UUID, number: int) -> HttpResponseBase:
    """The picture of one page, counted from 1."""
    return _picture(serving.picture_response(queries.page_picture(_file(request, file), number)))


def _picture(response: HttpResponseBase | None) -> HttpResponseBase:
    if response is None:
        raise Http404
    return response

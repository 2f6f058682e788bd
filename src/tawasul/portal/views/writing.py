"""What all forms that are written as drafts share: whose they are, their files, and the one-time word after sending."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tawasul.accounts.models import Person
from tawasul.core.text import isolate
from tawasul.portal import browser, limits
from tawasul.portal.forms.own_fields import AsksMore
from tawasul.tickets import drafts
from tawasul.tickets.drafts import Refusal, Whose
from tawasul.tickets.models import Draft, Message, Ticket

FILES = "files"  # the field that uploads come in
KEPT = "kept"  # hidden: keys of the files that the page showed
SENT_COOKIE = "tawasul_sent"
DRAFTS = (100, limits.HOUR), (300, limits.DAY)  # that a network may begin without an account
FILES_AN_HOUR = 60  # that a network may upload without an account
SHOWN = 5  # refused files named in the summary; the rest are counted


def signed_in(request: HttpRequest) -> Person | None:
    """The signed-in person, or None."""
    return request.user if isinstance(request.user, Person) else None


def whose(request: HttpRequest) -> Whose:
    """Whose drafts this request writes: the person's, or the browser's."""
    person = signed_in(request)
    return Whose(person) if person else Whose(browser_hash=browser.named(request))


def own_draft(request: HttpRequest, key: UUID, kind: str) -> Draft | None:
    """The writer's draft of this kind by its key; None where there is none, or it is somebody else's."""
    return drafts.own(key, Whose(signed_in(request), browser.hash_of(request)), kind)


def uploads(request: HttpRequest) -> "Sequence[UploadedFile[Any]]":
    """The files that came with the form. An empty file field sends none."""
    return [upload for upload in request.FILES.getlist(FILES) if upload]


def may_begin(request: HttpRequest, draft: Draft | None) -> bool:
    """Whether this writer may write something down: always where the draft is there, and with an account. A stranger
    could call himself a new browser with every request, so the network counts."""
    if draft is not None or signed_in(request):
        return True
    network = limits.network_of(request)
    return all(limits.spend("draft", network, most=most, per=per) for most, per in DRAFTS)


def may_upload(request: HttpRequest) -> bool:
    """Whether the files of this request may be stored: of a stranger's, each counts for the network."""
    if signed_in(request):
        return True
    network = limits.network_of(request)
    return all(
        limits.spend("upload", network, most=FILES_AN_HOUR, per=limits.HOUR) for _file in uploads(request)
    )


def add_uploads(request: HttpRequest, draft: Draft) -> list[str]:
    """Store what came with the form into the draft; returns sentences about the files that were refused."""
    if not may_upload(request):
        return [_("Too many files came from your network within an hour. Try again later.")]
    results = drafts.add_files(draft, uploads(request), by=signed_in(request))
    refused = [result for result in results if isinstance(result, Refusal)]
    said = [
        _("%(file)s was not attached: %(reason)s") % {"file": isolate(r.name), "reason": r.why}
        for r in refused[:SHOWN]
    ]
    if len(refused) > SHOWN:
        more = len(refused) - SHOWN
        said.append(
            ngettext("%(count)d more file was not attached.", "%(count)d more files were not attached.", more)
            % {"count": more}
        )
    return said


def upload_context(key: UUID, draft: Draft | None, problems: Sequence[str] = ()) -> dict[str, Any]:
    """What the attachments' part of a form needs. ``problems`` are sentences about files of this very sending."""
    files = drafts.files_of(draft)

    def removal(file_id: object) -> str:
        return reverse("portal:draft_file_removal", args=[key, file_id])

    return {
        "key": key,
        "draft": draft,
        "files": files,
        "removals": {file.pk: removal(file.pk) for file in files},
        "refused": [(r.name, r.why, removal(UUID(r.id))) for r in drafts.refusals_of(draft)],
        "problems": problems,
        "file_problems": [("files", problem) for problem in problems],
    }


def lost_files(request: HttpRequest, draft: Draft | None, key: UUID) -> list[str]:
    """A sentence where the page showed files, but the draft that held them is gone without having been sent."""
    if draft is not None or not request.POST.getlist(KEPT):
        return []
    if Message.objects.filter(submission=key).exists():
        return []  # the same form was sent before: nothing was lost
    return [_("The files you attached earlier are no longer kept. Attach them again.")]


def missing_files(form: AsksMore, draft: Draft | None, key: UUID) -> list[str]:
    """A sentence where the service asks for files and none is attached."""
    if not form.files_required or "files" in form.newly or drafts.files_of(draft):
        return []
    if draft is None and Message.objects.filter(submission=key).exists():
        return []  # the same form was sent before, with its files
    return [_("This service asks for a file. Attach at least one.")]


def sent_to(address: str, ticket: Ticket) -> HttpResponse:
    """Lead to the ticket's page, which says once that it was sent."""
    response = HttpResponseRedirect(address, status=303)
    response.set_cookie(
        SENT_COOKIE,
        ticket.number,
        max_age=timedelta(minutes=5),
        path=address,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def just_sent(request: HttpRequest, ticket: Ticket) -> bool:
    """Whether this page is the first after the ticket was sent; ``said`` must follow."""
    return request.COOKIES.get(SENT_COOKIE) == ticket.number


def said(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Forget that the ticket was just sent."""
    response.delete_cookie(SENT_COOKIE, path=request.path, samesite="Lax")
    return response

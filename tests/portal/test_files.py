"""Files: their preview page, their pictures, the original; and whose they are."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tawasul.accounts.models import Person
from tawasul.attachments import previews
from tawasul.attachments.models import StoredFile
from tawasul.tickets import actions, drafts
from tawasul.tickets.drafts import Whose
from tawasul.tickets.models import Draft, Ticket
from tests.portal.forms import body
from tests.world import OpenATicket

THREE_PAGES = io.BytesIO()
Image.new("RGB", (60, 80), "white").save(
    THREE_PAGES, "TIFF", save_all=True, append_images=[Image.new("RGB", (60, 80), "grey")] * 2
)
BYTES = THREE_PAGES.getvalue()


def attach(person: Person, name: str = "خطاب-التفويض.tiff") -> tuple[Draft, StoredFile]:
    """A draft of the person with one three-page TIFF."""
    draft = drafts.keep(uuid.uuid4(), Whose(person), Draft.Kind.TICKET, fields={})
    assert draft is not None
    file = drafts.add_files(draft, [SimpleUploadedFile(name, BYTES)], by=person)[0]
    assert isinstance(file, StoredFile)
    return draft, file


@pytest.fixture
def file(noura: Person, open_a_ticket: OpenATicket) -> StoredFile:
    """A file on a ticket of Noura's."""
    draft, file = attach(noura)
    open_a_ticket(draft=draft)
    return file


def test_the_original_comes_back_byte_for_byte_under_its_arabic_name(
    noura_client: Client, file: StoredFile
) -> None:
    answer = noura_client.get(f"/ar/files/{file.pk}/original/")
    assert body(answer) == BYTES
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "%D8%AE%D8%B7%D8%A7%D8%A8" in answer["Content-Disposition"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_the_preview_page_waits_then_shows_every_page(noura_client: Client, file: StoredFile) -> None:
    waiting = noura_client.get(f"/ar/files/{file.pk}/")
    assert "data-preview-waiting" in waiting.text
    assert noura_client.get(f"/ar/files/{file.pk}/thumb.webp").status_code == 404
    assert previews.make(file)
    ready = noura_client.get(f"/ar/files/{file.pk}/")
    assert ready.text.count('id="page-') == 3
    for number, code in ((1, 200), (3, 200), (0, 404), (4, 404)):
        answer = noura_client.get(f"/ar/files/{file.pk}/pages/{number}.webp")
        assert answer.status_code == code
        if code == 200:
            assert answer["Content-Type"] == "image/webp"
            assert body(answer)
    for size in ("fit", "wide", "large", "nonsense"):
        assert noura_client.get(f"/ar/files/{file.pk}/?size={size}").status_code == 200


def test_a_file_without_a_preview_says_so(noura_client: Client, file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).update(preview=StoredFile.Preview.NONE)
    page = noura_client.get(f"/en/files/{file.pk}/")
    assert "no preview" in page.text
    assert f"/en/files/{file.pk}/original/" in page.text


@pytest.mark.parametrize("what", ["", "original/", "thumb.webp", "pages/1.webp"])
def test_a_foreign_file_does_not_exist(
    khalid_client: Client, client: Client, file: StoredFile, what: str
) -> None:
    assert previews.make(file)
    for browser in (khalid_client, client):
        assert browser.get(f"/ar/files/{file.pk}/{what}").status_code == 404


def test_a_drafts_file_is_its_writers_only(
    noura: Person, noura_client: Client, khalid_client: Client, fahd_client: Client
) -> None:
    _, file = attach(noura)
    assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 200
    assert khalid_client.get(f"/ar/files/{file.pk}/").status_code == 404
    assert fahd_client.get(f"/ar/files/{file.pk}/").status_code == 404  # not sent: not the centre's business


def test_a_file_on_an_internal_note_is_not_the_customers(
    noura_client: Client, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    ticket: Ticket = open_a_ticket()
    draft, file = attach(fahd)
    actions.note(ticket, by=fahd, text="داخلي", draft=draft)
    assert noura_client.get(f"/ar/files/{file.pk}/").status_code == 404


def test_an_original_that_the_storage_lost_is_a_plain_404(noura_client: Client, file: StoredFile) -> None:
    StoredFile.objects.filter(pk=file.pk).update(key="no/such/original")
    assert noura_client.get(f"/ar/files/{file.pk}/original/").status_code == 404

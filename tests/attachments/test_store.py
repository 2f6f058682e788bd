"""What was accepted is kept byte for byte, and the disk has it before the row says so."""

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError
from django.utils import translation

from tawasul.accounts.models import Person
from tawasul.attachments import actions, queries, reasons
from tawasul.attachments.models import StoredFile
from tawasul.core import centre, clock
from tawasul.core.models import CentreSettings
from tests.attachments import making
from tests.attachments.conftest import Upload

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("on_disk", [False, True])
@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff", "pdf"])
def test_the_original_is_kept_byte_for_byte(
    kind: str, on_disk: bool, shelves: Path, upload: Upload, noura: Person
) -> None:
    content = making.real(kind)
    file = actions.store(upload(content, f"صك الملكية.{kind}", on_disk=on_disk), by=noura)
    file.refresh_from_db()
    with queries.open_original(file) as original:
        assert original.read() == content
    assert (file.name, file.size) == (f"صك الملكية.{kind}", len(content))
    assert file.sha256 == hashlib.sha256(content).hexdigest()
    assert file.uploaded_by == noura
    assert file.type == {"jpg": "image/jpeg", "pdf": "application/pdf"}.get(kind, f"image/{kind}")
    assert file.preview == StoredFile.Preview.WAITING


def test_the_place_on_the_disk_says_nothing_about_the_file(shelves: Path, upload: Upload) -> None:
    file = actions.store(upload(making.real("png"), "سري.png"), by=None)
    assert str(file.pk) not in file.key
    assert "سري" not in file.key
    assert (shelves / file.key).stat().st_mode & 0o777 == 0o600


def test_two_files_with_the_same_bytes_are_two_files(shelves: Path, upload: Upload) -> None:
    content = making.real("png")
    first, second = (actions.store(upload(content), by=None) for _ in range(2))
    assert first.key != second.key
    actions.discard(first)
    with queries.open_original(second) as original:
        assert original.read() == content


def test_the_bytes_and_the_folder_are_flushed_before_the_row_exists(
    shelves: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[tuple[str, bool]] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append((str(Path(f"/proc/self/fd/{descriptor}").readlink()), StoredFile.objects.exists()))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    file = actions.store(upload(making.real("png")), by=None)
    path = shelves / file.key
    assert [Path(place) for place, _ in flushed] == [path, path.parent, path.parent.parent, shelves]
    assert not any(row_was_there for _, row_was_there in flushed)


def test_what_is_refused_leaves_nothing_behind(shelves: Path, upload: Upload) -> None:
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(making.zip_of("word/document.xml"), "letter.pdf"), by=None)
    assert no.value.code == "content_document"
    assert not StoredFile.objects.exists()
    assert not shelves.exists()


def test_a_file_that_cannot_be_drawn_is_kept_without_waiting_for_a_preview(
    shelves: Path, upload: Upload
) -> None:
    whole = bytearray(making.real("jpg"))
    frame = bytes(whole).index(b"\xff\xc0")
    whole[frame + 1], whole[frame + 4] = 0xC1, 12
    file = actions.store(upload(bytes(whole), "a.jpg"), by=None)
    assert file.preview == StoredFile.Preview.NONE
    assert not StoredFile.objects.due().exists()


def test_the_centre_chooses_how_large_a_file_may_be(shelves: Path, upload: Upload) -> None:
    noise = making.Image.effect_noise((1200, 1200), 99)
    large = making.picture("png", noise)
    assert len(large) > 2**20
    CentreSettings.objects.update_or_create(pk=CentreSettings.ONLY, defaults={"file_max_megabytes": 1})
    centre.forget()
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(large), by=None)
    with translation.override("en"):
        assert "At most 1 MB" in no.value.message


def test_the_installation_chooses_how_many_pixels_a_picture_may_have(
    shelves: Path, upload: Upload, settings: Any
) -> None:
    settings.FILE_MAX_PIXELS = 9_000
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(making.real("png")), by=None)
    assert no.value.code == "too_many_pixels"


def test_a_discarded_file_is_gone_when_the_transaction_is(
    shelves: Path, upload: Upload, django_capture_on_commit_callbacks: Any
) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    with django_capture_on_commit_callbacks(execute=True):
        actions.discard(file)
        assert (shelves / file.key).exists()
    assert not (shelves / file.key).parent.exists()
    assert not StoredFile.objects.exists()


def test_bytes_without_a_row_are_collected_after_a_day_and_no_sooner(
    shelves: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = actions.store(upload(making.real("png")), by=None)

    def fail(**_: Any) -> None:
        raise DatabaseError("the disk of the database is full")

    monkeypatch.setattr(StoredFile.objects, "create", fail)
    with pytest.raises(DatabaseError):
        actions.store(upload(making.real("png")), by=None)
    assert len(list(shelves.rglob("original"))) == 2
    assert actions.collect_orphans() == 0
    with time_machine.travel(clock.now() + actions.ORPHAN_AGE * 1.01):
        assert actions.collect_orphans() == 1
    assert list(shelves.rglob("original")) == [shelves / kept.key]


@pytest.mark.parametrize("code", list(reasons.SENTENCES))
@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_refusal_can_be_said_in_both_languages(code: str, language: str) -> None:
    facts = {
        "label": "DOCX",
        "named": "PDF",
        "extension": ".png",
        "size": 12 * 2**20,
        "most": 10 * 2**20,
        "count": 10,
    }
    with translation.override(language):
        said = reasons.message(reasons.written(code, facts))
    assert "%(" not in said
    assert "?" not in said
    has_arabic = any("\u0600" <= letter <= "\u06ff" for letter in said)
    assert has_arabic is (language == "ar")


def test_a_refusal_names_what_the_file_is_and_the_way_out(shelves: Path, upload: Upload) -> None:
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(b"PK\3\4 whatever", "letter.docx"), by=None)
    with translation.override("ar"):
        assert (
            no.value.message == "ملفات \u2068DOCX\u2069 غير مسموح بها. احفظ الملف بصيغة PDF وأرفقه من جديد."
        )
    with translation.override("en"):
        assert no.value.message == "DOCX files are not allowed. Save it as PDF and attach it again."


def test_a_reason_of_another_day_still_reads() -> None:
    with translation.override("en"):
        assert reasons.message("content_document").startswith("The name says")
        assert reasons.message("something_new?x=1").startswith("The file was not accepted")

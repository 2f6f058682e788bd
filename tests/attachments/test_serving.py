"""A file goes out as what it is, to be saved, and does nothing in a browser."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from tawasul.attachments import actions, previews, queries, serving
from tawasul.attachments.models import StoredFile
from tests.attachments import making
from tests.attachments.conftest import Upload, body

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff", "pdf"])
def test_an_original_goes_out_byte_for_byte_as_an_attachment_that_runs_nothing(
    kind: str, shelves: Path, upload: Upload
) -> None:
    content = making.real(kind)
    file = actions.store(upload(content, f"صك الملكية ٢.{kind}"), by=None)
    response = serving.original_response(file)
    assert body(response) == content
    assert response["Content-Type"] == file.type
    assert response["Content-Length"] == str(len(content))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"].startswith("private")
    kind_of, _, extended = response["Content-Disposition"].partition("; filename*=UTF-8''")
    assert kind_of.startswith("attachment; ")
    assert unquote(extended) == f"صك الملكية ٢.{kind}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("صك.pdf", "file.pdf"),
        ("contract (2).pdf", "contract (2).pdf"),
        ('a"b\\c.png', "a_b_c.png"),
        ("Übersicht.pdf", "_bersicht.pdf"),
        ("a\r\nSet-Cookie: x=1.png", "a__Set-Cookie_ x_1.png"),
    ],
)
def test_an_old_reader_gets_an_ascii_name_that_cannot_break_the_header(name: str, plain: str) -> None:
    value = serving.disposition("attachment", name)
    assert value.startswith(f"attachment; filename=\"{plain}\"; filename*=UTF-8''")
    assert value.isascii()
    assert value.isprintable()


def test_a_type_that_is_not_ours_goes_out_as_octets(shelves: Path, upload: Upload) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    StoredFile.objects.filter(pk=file.pk).update(type="text/html")
    file.refresh_from_db()
    response = serving.original_response(file)
    assert response["Content-Type"] == "application/octet-stream"
    assert body(response)


def test_a_picture_is_shown_in_the_page_and_kept_by_one_browser_only(shelves: Path, upload: Upload) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    assert serving.picture_response(queries.thumbnail(file)) is None
    previews.make(file)
    file.refresh_from_db()
    for picture in (queries.thumbnail(file), queries.page_picture(file, 1)):
        response = serving.picture_response(picture)
        assert response is not None
        assert body(response)[8:12] == b"WEBP"
        assert response["Content-Type"] == "image/webp"
        assert response["Content-Disposition"] == "inline"
        assert response["Cache-Control"].startswith("private, max-age=")
        assert response["X-Content-Type-Options"] == "nosniff"

"""Pictures of what was attached: upright, on white, all pages, and never at the cost of the original."""

import io
import struct
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from PIL import Image

from tawasul.attachments import actions, pool, previews, queries
from tawasul.attachments.models import StoredFile
from tawasul.core import clock
from tests.attachments import making
from tests.attachments.conftest import Upload

pytestmark = pytest.mark.django_db

RED, GREEN = (217, 45, 32), (27, 131, 84)


def near(seen: object, wanted: tuple[int, ...]) -> bool:
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 30 for a, b in zip(seen, wanted, strict=True))


def page(file: StoredFile, number: int) -> Image.Image:
    picture = queries.page_picture(file, number)
    assert picture is not None
    with picture:
        return Image.open(io.BytesIO(picture.read())).convert("RGB")


@pytest.mark.parametrize("kind", ["png", "jpg", "gif", "tiff", "pdf"])
def test_each_kind_gets_a_thumbnail_and_its_page(kind: str, shelves: Path, upload: Upload) -> None:
    content = making.real(kind)
    file = actions.store(upload(content, f"a.{kind}"), by=None)
    assert queries.thumbnail(file) is None
    assert previews.make_due_previews(10) == 1
    file.refresh_from_db()
    assert (file.preview, file.preview_pages, file.pages) == (StoredFile.Preview.READY, 1, 1)
    thumb = queries.thumbnail(file)
    assert thumb is not None
    with thumb:
        small = Image.open(thumb)
        assert small.format == "WEBP"
        assert max(small.size) <= 400
    assert page(file, 1).size
    assert queries.page_picture(file, 0) is None
    assert queries.page_picture(file, 2) is None
    with queries.open_original(file) as original:
        assert original.read() == content
    assert previews.make_due_previews(10) == 0


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpg", "png", "tiff"])
def test_a_picture_is_shown_upright_however_the_camera_was_held(
    kind: str, orientation: int, shelves: Path, upload: Upload
) -> None:
    file = actions.store(upload(making.turned(kind, orientation), f"a.{kind}"), by=None)
    assert previews.make(file)
    file.refresh_from_db()
    seen = page(file, 1)
    assert (seen.size, (file.width, file.height)) == ((120, 80), (120, 80))
    assert near(seen.getpixel((8, 8)), RED)
    for corner in ((112, 8), (8, 72), (112, 72)):
        assert near(seen.getpixel(corner), GREEN)


def test_all_pages_of_a_tiff_and_a_pdf_are_drawn(shelves: Path, upload: Upload) -> None:
    for name, content in (("a.tif", making.tiff_of(5)), ("a.pdf", making.pdf(5))):
        file = actions.store(upload(content, name), by=None)
        assert previews.make(file)
        file.refresh_from_db()
        assert (file.pages, file.preview_pages) == (5, 5)
        assert [bool(page(file, n + 1).size) for n in range(5)] == [True] * 5
    shades = {page(StoredFile.objects.get(name="a.tif"), n + 1).getpixel((5, 5)) for n in range(5)}
    assert len(shades) == 5


def test_of_a_very_long_document_the_first_pages_are_drawn_and_all_are_counted(
    shelves: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_PAGES", 3)
    file = actions.store(upload(making.pdf(9), "a.pdf"), by=None)
    previews.make(file)
    file.refresh_from_db()
    assert (file.pages, file.preview_pages) == (9, 3)
    assert queries.page_picture(file, 4) is None


def test_what_is_transparent_is_drawn_on_white(shelves: Path, upload: Upload) -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    for kind, picture in (("png", clear), ("gif", clear), ("png", clear.convert("LA")), ("tiff", clear)):
        file = actions.store(upload(making.picture(kind, picture), f"a.{kind}"), by=None)
        assert previews.make(file)
        assert near(page(file, 1).getpixel((25, 25)), (255, 255, 255))


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "LAB", "I;16", "F"])
def test_every_sort_of_picture_keeps_its_light_and_dark(mode: str, shelves: Path, upload: Upload) -> None:
    if mode == "I;16":
        data = b"".join(struct.pack("<H", 60_000 if x < 20 else 3_000) for _ in range(40) for x in range(40))
        picture = Image.frombytes("I;16", (40, 40), data)
    else:
        half = Image.new("L", (40, 40), 10)
        half.paste(235, (0, 0, 20, 40))
        picture = (
            half.convert("RGB").convert("LAB" if False else "RGB").convert("L" if mode in "LF1P" else "RGB")
        )
        if mode == "LAB":
            from PIL import ImageCms

            picture = ImageCms.profileToProfile(
                picture, ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
            )
        else:
            picture = picture.convert(mode)
    file = actions.store(upload(making.picture("tiff", picture), "a.tif"), by=None)
    assert previews.make(file)
    seen = page(file, 1).convert("L")
    assert seen.getpixel((10, 20)) > 180
    assert seen.getpixel((30, 20)) < 70


def test_a_large_picture_is_shown_no_wider_than_a_screen(shelves: Path, upload: Upload) -> None:
    file = actions.store(upload(making.picture("jpg", making.drawing(4000, 3000)), "a.jpg"), by=None)
    previews.make(file)
    assert page(file, 1).size == (previews.PAGE_WIDTH, 1050)


def test_a_fax_is_not_squashed(shelves: Path, upload: Upload) -> None:
    fax = making.picture("tiff", making.drawing(172, 114, "1"), compression="group4", dpi=(204, 98))
    file = actions.store(upload(fax, "fax.tif"), by=None)
    previews.make(file)
    assert page(file, 1).size == (172, 237)


def test_a_file_whose_drawing_fails_has_no_preview_and_keeps_its_original(
    shelves: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECONDS_A_PAGE", 1)
    bomb = making.scan_bomb()
    file = actions.store(upload(making.real("jpg"), "a.jpg"), by=None)
    (shelves / file.key).write_bytes(bomb)
    assert previews.make_due_previews(5) == 1
    file.refresh_from_db()
    assert (file.preview, file.done_at is None) == (StoredFile.Preview.NONE, False)
    assert (shelves / file.key).read_bytes() == bomb


def test_a_storage_that_fails_is_tried_again_later(
    shelves: Path, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    with monkeypatch.context() as broken:

        def full(*_: object) -> None:
            raise OSError("no space left")

        broken.setattr(previews, "_put", full)
        assert previews.make_due_previews(5) == 1
    file.refresh_from_db()
    assert (file.preview, file.last_error) == (StoredFile.Preview.WAITING, "OSError: no space left")
    assert previews.make_due_previews(5) == 0
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        assert previews.make_due_previews(5) == 1
    file.refresh_from_db()
    assert file.preview == StoredFile.Preview.READY


def test_drawing_twice_gives_the_same_pictures_under_the_same_names(shelves: Path, upload: Upload) -> None:
    file = actions.store(upload(making.pdf(2), "a.pdf"), by=None)
    previews.make(file)
    first = sorted(path.name for path in (shelves / file.key).parent.iterdir())
    previews.make(file)
    assert sorted(path.name for path in (shelves / file.key).parent.iterdir()) == first
    assert first == ["original", "page-1.webp", "page-2.webp", "thumb.webp"]


def test_pictures_of_a_file_that_was_discarded_meanwhile_do_not_stay(
    shelves: Path, upload: Upload, django_capture_on_commit_callbacks: object
) -> None:
    file = actions.store(upload(making.real("png")), by=None)
    StoredFile.objects.filter(pk=file.pk).delete()
    assert not previews.make(file)
    assert [path.name for path in shelves.rglob("*.webp")] == []


def test_the_decoder_has_no_way_to_write_and_little_memory(tmp_path: Path) -> None:
    """The limits are those of the process that reads what strangers send."""
    from tawasul.attachments import decoder

    assert decoder.MEMORY <= 512 * 2**20
    assert pool.AT_ONCE * decoder.MEMORY <= 2 * 2**30

"""Translations: extraction keeps what was translated, the check misses nothing, the pages speak Arabic."""

import gettext
from pathlib import Path

import pytest
from babel.messages.pofile import write_po

from tawasul.config import catalogues

CODE = """
from django.utils.translation import gettext as _, ngettext, pgettext

def words(count):
    # Translators: on the button
    yield _("Send")
    yield ngettext("%(count)s file", "%(count)s files", count) % {"count": count}
    yield pgettext("month", "May")
"""
TEMPLATE = """<h1>{{ _("Hello %(name)s", name=name) }}</h1>
{%- for x in y -%}{% if x %}{% continue %}{% endif %}{{ ngettext("%(num)s day", "%(num)s days", x) }}{% endfor %}"""
FORMS = ["لا ملفات", "ملف واحد", "ملفان", "%(count)s ملفات", "%(count)s ملفًا", "%(count)s ملف"]


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> catalogues.Room:
    """A room of two files, in a package of its own."""
    package = tmp_path / "src" / "example"
    folder = package / "shop"
    (folder / "templates" / "shop").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "words.py").write_text(CODE)
    (folder / "templates" / "shop" / "page.html").write_text(TEMPLATE)
    monkeypatch.setattr(catalogues, "PACKAGE", package)
    return catalogues.Room("shop", folder)


ARABIC = {
    "Send": "أرسل",
    "May": "مايو",
    "Hello %(name)s": "مرحبًا %(name)s",
    "%(count)s file": FORMS,
    "%(num)s day": ["لا أيام", "يوم", "يومان", "%(num)s أيام", "%(num)s يومًا", "%(num)s يوم"],
}


def translate(room: catalogues.Room) -> None:
    """As a translator would, in a program of their own; the next extraction sets the file in order."""
    catalogue = catalogues.read(room)
    for message in catalogue:
        if message.id:
            message.string = ARABIC[catalogues._key(message)[1]]
    with room.po.open("wb") as handle:
        write_po(handle, catalogue)
    catalogues.update(room)


def test_everything_in_code_and_templates_is_found(room: catalogues.Room) -> None:
    found = {catalogues._key(message) for message in catalogues.extract(room) if message.id}
    assert found == {
        (None, "Send"),
        (None, "%(count)s file"),
        ("month", "May"),
        (None, "Hello %(name)s"),
        (None, "%(num)s day"),
    }


def test_a_first_extraction_makes_a_catalogue_without_places_in_the_file_system(
    room: catalogues.Room,
) -> None:
    assert catalogues.update(room)
    text = room.po.read_text(encoding="utf-8")
    assert catalogues.PLURAL_FORMS in text.replace('"\n"', "")
    assert "#: src/example/shop/words.py\n" in text
    assert str(room.folder) not in text
    assert "POT-Creation-Date" not in text
    assert text.count("msgstr[5]") == 2


def test_extracting_again_changes_nothing(room: catalogues.Room) -> None:
    catalogues.update(room)
    translate(room)
    before = room.po.read_text(encoding="utf-8")
    (room.folder / "words.py").write_text("# moved a line down\n" + CODE)
    assert not catalogues.update(room)
    assert room.po.read_text(encoding="utf-8") == before


def test_new_words_are_added_gone_ones_dropped_and_translations_kept(room: catalogues.Room) -> None:
    catalogues.update(room)
    translate(room)
    (room.folder / "words.py").write_text(CODE.replace('pgettext("month", "May")', '_("Print")'))
    assert catalogues.update(room)
    text = room.po.read_text(encoding="utf-8")
    assert 'msgid "Print"\nmsgstr ""' in text
    assert 'msgstr "أرسل"' in text
    assert "May" not in text
    assert "fuzzy" not in text


def test_a_complete_catalogue_has_no_problem_and_speaks(room: catalogues.Room) -> None:
    catalogues.update(room)
    translate(room)
    assert catalogues.problems() == []
    assert catalogues.compile_all() == [room.mo]
    assert catalogues.compile_all() == []  # up to date
    with room.mo.open("rb") as handle:
        spoken = gettext.GNUTranslations(handle)
    assert spoken.gettext("Send") == "أرسل"
    forms = [spoken.ngettext("%(count)s file", "%(count)s files", count) for count in (0, 1, 2, 3, 11, 100)]
    assert forms == FORMS


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('msgstr "أرسل"', 'msgstr ""', "untranslated: 'Send'"),
        ('msgstr[4] "%(count)s ملفًا"', 'msgstr[4] ""', "a plural form is empty"),
        ('msgid "Send"', '#, fuzzy\nmsgid "Send"', "fuzzy: 'Send'"),
        ("مرحبًا %(name)s", "مرحبًا %(nmae)s", "nmae"),
        ("nplurals=6", "nplurals=5", "Plural-Forms"),
        ('msgid "Send"\nmsgstr "أرسل"\n', "", "missing 'Send'"),
    ],
)
def test_the_check_names_what_is_wrong(room: catalogues.Room, old: str, new: str, complaint: str) -> None:
    catalogues.update(room)
    translate(room)
    text = room.po.read_text(encoding="utf-8")
    assert old in text
    room.po.write_text(text.replace(old, new), encoding="utf-8")
    assert any(complaint in line for line in catalogues.problems()), catalogues.problems()


def test_words_that_the_extraction_cannot_see_are_named(room: catalogues.Room) -> None:
    (room.folder / "words.py").write_text(CODE + "\ndef page():\n    return f'<b>{_(\"Unseen\")}</b>'\n")
    catalogues.update(room)
    translate(room)
    assert [line for line in catalogues.problems() if "f-string" in line and "Unseen" in line]


def test_two_rooms_say_one_thing_in_the_same_words(room: catalogues.Room) -> None:
    catalogues.update(room)
    translate(room)
    other = catalogues.Room("hall", room.folder.parent / "hall")
    other.folder.mkdir()
    (other.folder / "__init__.py").write_text(
        'from django.utils.translation import gettext as _\n_("Send")\n'
    )
    catalogues.update(other)
    text = other.po.read_text(encoding="utf-8")
    other.po.write_text(
        text.replace('msgid "Send"\nmsgstr ""', 'msgid "Send"\nmsgstr "إرسال"'), encoding="utf-8"
    )
    assert any("translated otherwise" in line and "'Send'" in line for line in catalogues.problems())

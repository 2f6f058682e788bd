"""The translations: every room keeps its Arabic beside its code; msgids are plain British English."""

import ast
import io
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parent.parent
LANGUAGE = "ar"
PLURAL_FORMS = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 "
    ": n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
)
HEADER = f"""msgid ""
msgstr ""
"Language: {LANGUAGE}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {PLURAL_FORMS}\\n"

"""
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
JINJA_OPTIONS = {
    "extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols",
    "newstyle_gettext": "true",
    "silent": "false",
}


@dataclass
class Room:
    """A room with words to translate, and where its catalogue stands."""

    name: str
    folder: Path
    problems: list[str] = field(default_factory=list)

    @property
    def po(self) -> Path:
        return self.folder / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")


def rooms() -> list[Room]:
    """Every room, whether it has words or not."""
    return [
        Room(folder.name, folder) for folder in sorted(PACKAGE.iterdir()) if (folder / "__init__.py").exists()
    ]


def _sources(room: Room) -> Iterator[tuple[str, Path]]:
    """What may hold words: (extraction method, file), in an order that is the same everywhere."""
    for path in sorted(room.folder.rglob("*.py")):
        if "migrations" not in path.parts:
            yield "python", path
    templates = room.folder / "templates"
    for path in sorted([*templates.rglob("*.html"), *templates.rglob("*.txt")]):
        yield "jinja2.ext:babel_extract", path


def extract(room: Room) -> Catalog:
    """The room's msgids as they stand in its code and templates now. Raises SyntaxError for a broken template."""
    found = _empty()
    for method, path in _sources(room):
        options = JINJA_OPTIONS if method.startswith("jinja2") else {}
        place = path.relative_to(PACKAGE.parent.parent).as_posix()
        words = extract_from_file(
            method,
            path,
            keywords=KEYWORDS,
            comment_tags=("Translators:",),
            options=options,
            strip_comment_tags=False,
        )
        for line, msgid, comments, context in words:
            if msgid and msgid != ("", ""):
                found.add(msgid, None, [(place, line)], auto_comments=comments, context=context)
    return found


def hidden(room: Room) -> Iterator[str]:
    """Calls within an f-string, where the extraction (before Python 3.12) does not look: "place:line: call"."""
    for method, path in _sources(room):
        if method != "python":
            continue
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(text, ast.JoinedStr):
                continue
            for call in ast.walk(text):
                if not isinstance(call, ast.Call):
                    continue
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                if name in KEYWORDS:
                    place = path.relative_to(PACKAGE.parent.parent).as_posix()
                    yield f"{place}:{call.lineno}: {ast.unparse(call)}"


def _empty() -> Catalog:
    return Catalog(locale=LANGUAGE, charset="utf-8")


def read(room: Room) -> Catalog:
    """The room's catalogue; an empty one where it has none."""
    if not room.po.exists():
        return _empty()
    with room.po.open("rb") as handle:
        return read_po(handle, locale=LANGUAGE, charset="utf-8")


def update(room: Room) -> bool:
    """Bring the catalogue up to the code: new msgids are added, obsolete ones dropped, translations kept.

    Whether the file changed. Locations name files without lines, so that moving code changes nothing here.
    """
    template = extract(room)
    if not len(template) and not room.po.exists():
        return False
    catalogue = read(room)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    out = io.BytesIO()
    write_po(out, catalogue, width=110, include_lineno=False, ignore_obsolete=True, sort_by_file=False)
    entries = out.getvalue().decode().split("\n\n", 1)
    text = HEADER + (entries[1].strip() + "\n" if len(entries) > 1 else "")
    if room.po.exists() and room.po.read_text(encoding="utf-8") == text:
        return False
    _write(room.po, text.encode())
    return True


def compile_all(*, force: bool = False) -> list[Path]:
    """Write the .mo of every catalogue that is newer than it; the files written."""
    written: list[Path] = []
    for room in rooms():
        if not room.po.exists():
            continue
        if not force and room.mo.exists() and room.mo.stat().st_mtime_ns >= room.po.stat().st_mtime_ns:
            continue
        out = io.BytesIO()
        write_mo(out, read(room))
        _write(room.mo, out.getvalue())
        written.append(room.mo)
    return written


def _write(path: Path, content: bytes) -> None:
    """All or nothing: a reader beside us never sees half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as fresh:
        fresh.write(content)
    os.chmod(fresh.name, 0o644)  # noqa: PTH101
    Path(fresh.name).replace(path)


def _key(message: Message) -> tuple[str | None, str]:
    """Context and singular: what makes two entries the same."""
    return message.context, message.id[0] if isinstance(message.id, tuple | list) else message.id


def _describe(message: Message) -> str:
    context, text = _key(message)
    places = ", ".join(sorted({place for place, _ in message.locations}))
    return f"{text!r}" + (f" [{context}]" if context else "") + (f" ({places})" if places else "")


def _faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    """What is wrong with one entry that the code uses."""
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if message.fuzzy:
        yield "fuzzy"
    if isinstance(message.id, tuple | list) and len(strings) != 6:
        yield f"{len(strings)} of 6 plural forms"
    elif not all(text and text.strip() for text in strings):
        yield "untranslated" if not any(strings) else "a plural form is empty"
    else:
        yield from (str(error) for error in message.check(catalogue))


def problems() -> list[str]:
    """Everything that keeps the Arabic from being complete, one line each; empty when nothing does."""
    found: list[str] = []
    seen: dict[tuple[str | None, str], tuple[str, Any]] = {}
    for room in rooms():
        found += [f"{room.name}: within an f-string, so not extracted: {place}" for place in hidden(room)]
        template = [message for message in extract(room) if message.id]
        if not template and not room.po.exists():
            continue
        if not room.po.exists():
            found.append(
                f"{room.name}: no catalogue for {len(template)} msgids; run tawasul messages extract"
            )
            continue
        if f'"Plural-Forms: {PLURAL_FORMS}\\n"' not in room.po.read_text(encoding="utf-8"):
            found.append(f"{room.name}: the Plural-Forms header is not the agreed one")
        catalogue = read(room)
        have = {_key(message): message for message in catalogue if message.id}
        for message in template:
            key = _key(message)
            entry = have.pop(key, None)
            if entry is None:
                found.append(f"{room.name}: missing {_describe(message)}")
                continue
            entry.locations = message.locations
            found += [f"{room.name}: {fault}: {_describe(entry)}" for fault in _faults(entry, catalogue)]
            if isinstance(message.id, tuple | list) != isinstance(entry.id, tuple | list):
                found.append(f"{room.name}: plural in one place and not in the other: {_describe(message)}")
            other = seen.setdefault(key, (room.name, entry.string))
            if other[1] != entry.string:
                found.append(f"{room.name}: translated otherwise in {other[0]}: {_describe(entry)}")
        found += [f"{room.name}: obsolete {text!r}; run tawasul messages extract" for _, text in have]
    return found

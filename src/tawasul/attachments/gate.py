"""The gate: what a file really is, and whether it may come in. Cheap questions first, the decoder last."""

import logging
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Final

from tawasul.attachments import kinds, names, pool

log = logging.getLogger(__name__)

SECONDS: Final = 7  # wall time of one examination
_TAIL: Final = 2048


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one file and pixels of its largest page. The defaults are those of a fresh installation."""

    max_bytes: int = 10 * 2**20
    max_pixels: int = 100_000_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says. ``type`` is png, jpg, gif, tiff, pdf, or empty where refused. ``reason`` is a code of
    ``reasons`` with ``params`` for its sentence. Sizes are pixels of the first page as stored, 0 where unknown.
    ``drawable`` is False for files that are kept without a preview."""

    accepted: bool
    type: str = ""
    reason: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    pages: int = 1
    drawable: bool = False
    name: str = ""  # cleaned


def inspect(source: Path | bytes | BinaryIO, name: str, limits: Limits | None = None) -> Verdict:
    """Judge ``source`` (a path, bytes, or a stream that can seek) that came under ``name``.

    Never raises for what the file holds. OSError where a path cannot be read. The stream is left at its beginning.
    """
    limits = limits or Limits()
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return inspect(stream, name, limits)
    verdict = _judge(source, names.clean(name), limits)
    if not isinstance(source, bytes):
        source.seek(0)
    return verdict


def _judge(source: bytes | BinaryIO, name: str, limits: Limits) -> Verdict:
    size = _size(source)
    if size == 0:
        return _refuse(name, "empty")
    if size > limits.max_bytes:
        return _refuse(name, "too_large", size=size, most=limits.max_bytes)
    promised = kinds.of_name(name)
    head = _part(source, 0, kinds.HEAD)
    if promised is None:
        other = kinds.foreign_by_name(name)
        return _refuse(name, f"kind_{other.family}" if other.label else "kind_unknown", label=other.label)
    found = kinds.of_content(head)
    if found is None:
        seen = kinds.foreign(head)
        if seen is not None:
            return _refuse(name, f"content_{seen.family}", label=seen.label, named=promised.label)
        return _refuse(name, "not_what_it_says", named=promised.label)
    if found is not promised:
        return _refuse(
            name, "mismatch", label=found.label, named=promised.label, extension=found.extensions[0]
        )
    return _decoded(source, name, found, size, limits)


def _decoded(source: bytes | BinaryIO, name: str, kind: kinds.Kind, size: int, limits: Limits) -> Verdict:
    job = {"verb": "examine", "kind": kind.name, "max_pixels": limits.max_pixels}
    try:
        with closing(pool.decoder().run(source, job, seconds=SECONDS)) as frames:
            answer = next((note for note, _ in frames), None)
    except pool.Busy:
        return _refuse(name, "busy")
    except pool.Unavailable as error:
        log.error("the decoder does not start: %s", error)
        return _refuse(name, "busy")
    if answer is None:
        # The decoder gave up. A PDF that is whole from its header to its end mark may be heavy work for PDFium and
        # yet a lawful document: it is kept, never drawn. A picture that cannot be decoded in time is a bomb.
        if kind is kinds.PDF and b"%%EOF" in _part(source, max(0, size - _TAIL), _TAIL):
            return Verdict(True, kind.name, name=name)
        return _refuse(name, "too_heavy")
    if not answer["accepted"]:
        params = {"label": answer["label"], "named": kind.label, "most": limits.max_pixels}
        return _refuse(name, answer["reason"], **params)
    return Verdict(
        True,
        kind.name,
        width=answer["width"],
        height=answer["height"],
        pages=answer["pages"],
        drawable=answer["drawable"],
        name=name,
    )


def _refuse(name: str, reason: str, **params: Any) -> Verdict:
    return Verdict(False, reason=reason, params=params, name=name)


def _size(source: bytes | BinaryIO) -> int:
    return len(source) if isinstance(source, bytes) else source.seek(0, 2)


def _part(source: bytes | BinaryIO, at: int, length: int) -> bytes:
    if isinstance(source, bytes):
        return source[at : at + length]
    source.seek(at)
    return source.read(length)

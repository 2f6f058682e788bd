"""Readers of the five formats' structure: bounded, in plain Python, without decoding a pixel."""

from dataclasses import dataclass


class Damaged(ValueError):
    """The file's structure is broken or cut off; the message says where, for logs."""


class CutOff(Damaged):
    """A later part of the file is missing, although a decoder would be content with the first."""


class OtherFormat(ValueError):
    """A relative that shares the magic bytes but is another format; ``label`` names it (``DNG``, ``JPEG-LS``)."""

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@dataclass(frozen=True, slots=True)
class Structure:
    """What the structure says. Sizes in pixels of the first page; ``largest`` is the most pixels any page has."""

    width: int
    height: int
    pages: int = 1
    largest: int = 0
    end: int = 0  # where the format says the file ends, in bytes; 0 where it does not say
    sound: bool = False  # complete and consistent as far as structure goes
    exotic: bool = (
        False  # a lawful variant that common decoders do not know (12-bit or lossless JPEG, float TIFF)
    )

"""Which tickets a preview showed, as a hidden field carries them: so an order reaches no other one of its view.

Keys are near one another and become few characters: ten thousand are about 15 kB. They are a wish and no permission:
whoever orders is asked for each ticket whether they may.
"""

import base64
import binascii
import json
import zlib
from collections.abc import Iterable
from itertools import accumulate, pairwise
from typing import Final

MOST: Final = 200_000  # bytes of the unpacked text; ten thousand keys have less


def packed(keys: Iterable[int]) -> str:
    """The keys as one word of letters, digits, hyphens and underscores."""
    ordered = sorted(keys)
    steps = [*ordered[:1], *(after - before for before, after in pairwise(ordered))]
    return base64.urlsafe_b64encode(zlib.compress(json.dumps(steps, separators=(",", ":")).encode())).decode()


def unpacked(word: str) -> list[int] | None:
    """The keys of the word; None where it is none of ours."""
    try:
        raw = zlib.decompressobj().decompress(base64.urlsafe_b64decode(word.encode("ascii")), MOST)
        steps = json.loads(raw)
    except (ValueError, binascii.Error, zlib.error, RecursionError):
        return None
    if not isinstance(steps, list) or not all(type(step) is int and 0 <= step < 2**62 for step in steps):
        return None
    keys = list(accumulate(steps))
    return keys if not keys or keys[-1] < 2**62 else None

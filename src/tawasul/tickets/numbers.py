"""Ticket numbers: random digits and a check digit, in groups of four, to be read out over a telephone.

The check digit is H. Damm's (2004): every single wrong digit and every swap of two neighbours is recognised.
The numbers in use say nothing of how many there are, and a guess hits a ticket at most once in five tries of
those that pass the check: before a fifth of the space is used, numbers grow by a group of four.
"""

import secrets

from tawasul.core.text import ascii_digits

GROUP = 4
FEWEST_GROUPS = 2
_FULL_AT = 5  # one fifth

# The quasigroup of order 10 from Damm's thesis.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_LONGEST = 24
_DASHES = "-‐‑‒–—−_. \u00a0\u200e\u200f\u2066\u2067\u2068\u2069\u061c/#"


class NotANumber(ValueError):
    """The text does not look like a ticket number at all."""


class Mistyped(ValueError):
    """The text looks like a ticket number, but its check digit or its length is wrong."""


def check_digit(digits: str) -> str:
    """Damm's check digit of a string of ASCII digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def groups_for(issued: int) -> int:
    """How many groups a new number has when at most ``issued`` numbers exist."""
    groups = FEWEST_GROUPS
    while issued * _FULL_AT >= 10 ** (groups * GROUP - 1):
        groups += 1
    return groups


def new_number(issued: int) -> str:
    """A fresh random number of digits only. ``issued`` is an upper bound of the numbers given out so far."""
    length = groups_for(issued) * GROUP - 1
    body = str(secrets.randbelow(10**length)).zfill(length)
    return body + check_digit(body)


def spoken(number: str) -> str:
    """Groups of four joined by hyphens: ``4829-1736``."""
    return "-".join(number[i : i + GROUP] for i in range(0, len(number), GROUP))


def parse_number(typed: str) -> str:
    """The digits of a number as someone typed it: either script's digits, with or without hyphens and spaces.

    Raises NotANumber where anything but digits and separators was typed, Mistyped where the check fails.
    """
    digits = ascii_digits(typed.strip()).translate({ord(dash): None for dash in _DASHES})
    if not digits or not digits.isascii() or not digits.isdigit():
        raise NotANumber(typed)
    if len(digits) < FEWEST_GROUPS * GROUP or len(digits) > _LONGEST or len(digits) % GROUP:
        raise Mistyped(typed)
    if check_digit(digits) != "0":
        raise Mistyped(typed)
    return digits

"""Numbers that identify a person, and how little of them is shown."""

import re

from tawasul.core import text

_ID = re.compile(r"[12]\d{9}")
_COMPANY = re.compile(r"7\d{9}")


def is_national_id(typed: str) -> bool:
    """A national ID (first digit 1) or residence number (2): ten digits of either script, by Luhn's check."""
    digits = text.ascii_digits(typed.strip())
    return bool(_ID.fullmatch(digits)) and _luhn(digits)


def is_company_number(typed: str) -> bool:
    """A unified company number: ten digits, the first one 7."""
    return bool(_COMPANY.fullmatch(text.ascii_digits(typed.strip())))


def mask_number(number: str) -> str:
    """All but the last four characters hidden: ••••••1234. Short ones are hidden whole."""
    return "•" * len(number) if len(number) <= 4 else "•" * (len(number) - 4) + number[-4:]


def mask_address(address: str) -> str:
    """An address its owner recognises and others cannot use: n•••@example.sa. The dots tell no length."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••{at}{domain}" if at else "•••"


def _luhn(digits: str) -> bool:
    odd = sum(int(digit) for digit in digits[-1::-2])
    even = sum(sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (odd + even) % 10 == 0

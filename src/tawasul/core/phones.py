"""Telephone numbers: typed as people write them, kept as E.164."""

import re
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from tawasul.core import text

_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
_ALLOWED = re.compile(r"[0-9+()./\s\u00a0\u2010-\u2015-]+")


class BadPhone(ValueError):
    """Not a mobile number that a message can be sent to. ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def parse_mobile(typed: str, region: str = "SA") -> str:
    """A mobile number in E.164, such as +966501234567; without + or 00 it is read in ``region``.

    Raises BadPhone.
    """
    bare = text.ascii_digits(text.without_bidi_controls(typed[:200])).strip()
    if not bare:
        raise BadPhone("empty")
    if len(typed) > 40:
        raise BadPhone("too_long")
    if not _ALLOWED.fullmatch(bare):
        raise BadPhone("characters")
    if bare.startswith("00"):
        bare = "+" + bare[2:]
    try:
        number = phonenumbers.parse(bare, region)
    except phonenumbers.NumberParseException:
        raise BadPhone("not_a_number") from None
    if not phonenumbers.is_valid_number(number):
        raise BadPhone("not_a_number")
    if phonenumbers.number_type(number) not in _MOBILE:
        raise BadPhone("not_mobile")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@lru_cache(maxsize=1024)
def display(e164: str) -> str:
    """In international groups, such as +966 50 123 4567. Show it left to right."""
    try:
        number = phonenumbers.parse(e164)
    except phonenumbers.NumberParseException:
        return e164
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)


def message(problem: BadPhone) -> str:
    """What is wrong and how to mend it, in the active language."""
    return {
        "empty": gettext("Enter a mobile number."),
        "not_mobile": gettext("This is not a mobile number. Enter one that can receive messages."),
        "characters": gettext("A mobile number has only digits, and + before the country code."),
    }.get(problem.code) or gettext(
        "This number is not complete or not right. Saudi mobiles look like 05XXXXXXXX; "
        "others begin with + and the country code."
    )

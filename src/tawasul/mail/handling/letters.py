"""What a mail is as a letter or a ticket: its subject, text, language, service and terms."""

import re
from typing import Final

from django.utils.translation import gettext, override

from tawasul.accounts.models import Consent, Language, Person, TermsVersion
from tawasul.mail.handling.reading import Reading
from tawasul.tickets.models import Service, Ticket

SERVICE: Final = "other"  # of the first services; what a mail is about is for staff to say
_ARABIC: Final = re.compile(r"[\u0621-\u064a\u066e-\u06d3\u06fa-\u06ff\ufb50-\ufdff\ufe70-\ufefc]")
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f]")
_LOOKED_AT: Final = 4_000  # characters of a text
_ENOUGH: Final = 0.3  # of the letters; an Arabic mail is full of English names


def language_of(reading: Reading, person: Person | None) -> str:
    """The language to answer in: by the script of what was written, else the account's, else Arabic."""
    text = f"{reading.subject}\n{reading.text[:_LOOKED_AT]}"
    arabic, latin = len(_ARABIC.findall(text)), len(_LATIN.findall(text))
    if arabic + latin == 0:
        return person.language if person is not None else Language.AR
    return Language.AR if arabic >= _ENOUGH * (arabic + latin) else Language.EN


def subject_of(reading: Reading, language: str) -> str:
    """The ticket's subject, never empty."""
    most = Ticket._meta.get_field("subject").max_length or 200
    if reading.subject:
        return reading.subject[:most]
    with override(language):
        return gettext("A request by e-mail")


def text_of(reading: Reading) -> str:
    """The letter's text. Files alone are a letter; where there is nothing else, the subject says it all."""
    return reading.text or ("" if reading.files else reading.subject)


def service() -> Service:
    """The service that a ticket by mail is filed under. Raises Service.DoesNotExist where the centre has none."""
    return (
        Service.objects.filter(code=SERVICE).first() or Service.objects.order_by("position", "pk")[:1].get()
    )


def terms_of(person: Person | None) -> TermsVersion | None:
    """The newest terms that the person accepted; a mail accepts none."""
    if person is None:
        return None
    newest = Consent.objects.filter(person=person).select_related("terms").order_by("-at").first()
    return newest.terms if newest is not None else None

"""Reads about people."""

from tawasul.accounts.models import Consent, EmailChange, Person, TermsVersion, address_key
from tawasul.core import clock
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.core.kept import Kept

MOST_COLLEAGUES = 200  # as many as a list to choose from can hold

# Every page of a ticket offers them; a table of a few dozen rows that hardly ever changes.
colleagues = Kept(
    lambda: tuple(
        Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")[:MOST_COLLEAGUES]
    )
)


def current_terms() -> TermsVersion:
    """The newest published terms. Raises TermsVersion.DoesNotExist where none were published yet."""
    return TermsVersion.objects.filter(published_at__lte=clock.now()).latest("published_at")


def person_by_login(login: str) -> Person | None:
    """Whoever signs in with this user name or e-mail address, active or not; one query.

    An address is found by either form of its domain and in any case; a user name holds no ``@``.
    """
    login = login.strip()[:320]
    if "@" in login:
        return person_by_address(login)
    return Person.objects.filter(username=Person.normalize_username(login)).first()


def person_by_address(address: str) -> Person | None:
    """Whose account has this e-mail address, active or not."""
    return Person.objects.filter(email=stored_form(address)).first()


def stored_form(address: str) -> str:
    """How the address would stand on an account; an impossible one comes back folded and matches nobody."""
    try:
        return address_key(parse_address(address).address)
    except BadAddress:
        return address_key(address)


def consents_of(person: Person, *, most: int, after: str = "") -> list[Consent]:
    """The person's acceptances of the terms, newest first; ``after`` is the key of the last one seen."""
    rows = Consent.objects.filter(person=person).select_related("terms").order_by("-pk")
    if after.isascii() and after.isdigit():
        rows = rows.filter(pk__lt=int(after[:18]))
    return list(rows[:most])


def email_change_of(person: Person) -> EmailChange | None:
    """The change of address under way, if any."""
    return EmailChange.objects.filter(person=person, expires_at__gt=clock.now()).first()

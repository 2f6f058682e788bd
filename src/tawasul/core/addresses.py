"""E-mail addresses, internationalised ones included (RFC 6531): accepted, normalised, compared."""

from dataclasses import dataclass

from django.utils.translation import gettext
from email_validator import EmailSyntaxError, validate_email

from tawasul.core import domains, text

MAX_LENGTH = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets; email-validator counts UTF-8 octets


class BadAddress(ValueError):
    """Not an address that mail can be sent to. ``code`` says why."""

    def __init__(self, code: str, domain: domains.BadDomain | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.domain = domain


@dataclass(frozen=True, slots=True)
class Address:
    """An address as typed, normalised (NFC, the domain in Unicode and lower case), and in ASCII.

    ``ascii`` is None when the mailbox itself is not ASCII: such mail needs SMTPUTF8.
    """

    typed: str
    address: str
    ascii: str | None

    @property
    def key(self) -> str:
        """For finding and comparing: both parts in lower case. Mail goes to ``address``."""
        return self.address.lower()

    @property
    def domain(self) -> str:
        """The part after the @, in Unicode."""
        return self.address.rpartition("@")[2]


def parse_address(typed: str) -> Address:
    """One bare address. No network is asked. Raises BadAddress."""
    if len(typed) > 4 * MAX_LENGTH:
        raise BadAddress("too_long")
    bare = typed.strip().strip(text.BIDI_MARKS + text.BIDI_ISOLATES).strip()
    if bare[:7].lower() == "mailto:":
        bare = bare[7:]
    if not bare:
        raise BadAddress("empty")
    if any(char in text.BIDI_CONTROLS for char in bare):
        raise BadAddress("hidden")
    if any(char.isspace() or char in "<>,;" for char in bare):
        raise BadAddress("more")
    local, at, host = bare.replace("＠", "@").rpartition("@")
    if not at:
        raise BadAddress("no_at")
    try:
        domain, ascii_domain = domains.to_both_forms(domains.mapped(host))
    except domains.BadDomain as problem:
        raise BadAddress("domain", problem) from None
    try:
        # test_environment admits .test; every other special name stays refused.
        seen = validate_email(
            f"{local}@{ascii_domain}",
            check_deliverability=False,
            allow_smtputf8=True,
            strict=True,
            test_environment=True,
        )
    except EmailSyntaxError as problem:
        raise BadAddress(
            "too_long" if "too long" in str(problem) else "mailbox" if local else "no_mailbox"
        ) from None
    return Address(
        typed=bare,
        address=f"{seen.local_part}@{domain}",
        ascii=f"{seen.local_part}@{ascii_domain}" if seen.local_part.isascii() else None,
    )


def message(problem: BadAddress) -> str:
    """What is wrong and how to mend it, in the active language."""
    if problem.domain is not None:
        return gettext("The part after the @ is not right.") + " " + domains.message(problem.domain)
    return {
        "empty": gettext("Enter an e-mail address, such as name@example.sa."),
        "too_long": gettext("This address is too long."),
        "hidden": gettext(
            "The address holds invisible direction characters. Type it anew instead of pasting it."
        ),
        "more": gettext("Enter one address alone, without a name, spaces or commas."),
        "no_at": gettext("An e-mail address has an @ in it, such as name@example.sa."),
        "no_mailbox": gettext("There is nothing before the @."),
    }.get(problem.code) or gettext(
        "Mail cannot be sent to this address. Check what stands before and after the @."
    )

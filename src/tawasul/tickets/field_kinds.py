"""The kinds of fields of the centre's own: what one field is, and what an answer typed in it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from tawasul.accounts.models import Person
from tawasul.core import addresses, clock, dates, domains
from tawasul.core.text import ascii_digits, clean_line, isolate, without_bidi_controls
from tawasul.search.normalise import normalise
from tawasul.tickets.models import Field, FieldValue

Kind = Field.Kind
LONGEST: Final = 1000  # characters of any answer
LONGEST_KEY: Final = FieldValue._meta.get_field("search_key").max_length or 0
MOST_DECIMALS: Final = 6
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:[,٬]\d{3})+|\d+)(?:[.٫]\d+)?")
_MOST: Final = Decimal(10) ** 18
BETWEEN: Final = " › "  # a branch and what lies below it; mirrored in Arabic by the reader's own renderer


@dataclass(frozen=True, slots=True)
class Choice:
    """A thing to choose. ``is_active`` is false, too, where a branch above it is not offered any more."""

    pk: int
    parent: int | None
    names_ar: tuple[str, ...]  # from the root down to its own
    names_en: tuple[str, ...]
    is_active: bool
    is_leaf: bool = True
    above: tuple[int, ...] = ()  # keys of the branches, from the root down

    @property
    def name(self) -> str:
        """Its own name in the reader's language."""
        return self._names[-1]

    @property
    def path(self) -> str:
        """Its name with the branches above it, in the reader's language."""
        return BETWEEN.join(self._names)

    @property
    def depth(self) -> int:
        """How many branches it lies below."""
        return len(self.above)

    @property
    def _names(self) -> tuple[str, ...]:
        return self.names_en if get_language() == "en" else self.names_ar


@dataclass(frozen=True, slots=True)
class Definition:
    """One field, as it stands now. Two readings of one field are equal and one key of a mapping.

    ``services`` are keys, none for every service. ``choices`` stand in the order of the tree, those that are offered
    no more among them.
    """

    pk: int
    key: str = field(compare=False)
    kind: str = field(compare=False)
    name_ar: str = field(compare=False)
    name_en: str = field(compare=False)
    help_ar: str = field(compare=False)
    help_en: str = field(compare=False)
    services: frozenset[int] = field(compare=False)
    on_form: bool = field(compare=False)
    on_direct: bool = field(compare=False)
    is_shown: bool = field(compare=False)
    is_required: bool = field(compare=False)  # always, whatever its conditions say
    shown_if: tuple[Mapping[str, Any], ...] = field(compare=False)
    required_if: tuple[Mapping[str, Any], ...] = field(compare=False)
    limits: Mapping[str, Any] = field(compare=False)
    position: int = field(compare=False)
    is_active: bool = field(compare=False)
    choices: tuple[Choice, ...] = field(compare=False)

    @property
    def name(self) -> str:
        """Its name in the reader's language."""
        return self.name_en if get_language() == "en" else self.name_ar

    @property
    def help(self) -> str:
        """What is said below it, in the reader's language; may be empty."""
        return self.help_en if get_language() == "en" else self.help_ar

    @property
    def offered(self) -> list[Choice]:
        """What can be chosen now: of a tree the leaves."""
        return [choice for choice in self.choices if choice.is_active and choice.is_leaf]

    def choice(self, pk: int | str | None) -> Choice | None:
        """The choice of that key, whether it is offered or not."""
        wanted = str(pk)
        return next((choice for choice in self.choices if str(choice.pk) == wanted), None)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Parsed:
    """A typed answer that is right, as ``FieldValue`` keeps it; ``choice`` and ``person`` are keys."""

    text: str
    search_key: str
    number: Decimal | None = None
    day: date | None = None
    choice: int | None = None
    person: int | None = None


def parse(definition: Definition, typed: str, *, by_staff: bool = False) -> Parsed:
    """What a typed answer means: of a choice its key is typed. Staff may name a person by an account's name, too.

    Raises ValidationError, in the reader's language, where it is empty, wrong or beyond the field's limits.
    """
    line = clean_line(typed[: 4 * LONGEST])
    if not line:
        raise missing(definition)
    match definition.kind:
        case Kind.CHOICE | Kind.TREE:
            return _choice(definition, line)
        case Kind.NUMBER:
            return _number(definition, line)
        case Kind.DATE:
            return _date(definition, line)
        case Kind.DOMAIN:
            return _domain(line)
        case Kind.PERSON:
            return _person(line, by_staff=by_staff)
    return _text(definition, line)


def parse_again(definition: Definition, typed: str) -> Parsed | None:
    """What an answer means that was right when it was given, whatever limits and offers have become since; None where
    it means nothing any more."""
    choices = tuple(replace(one, is_active=True, is_leaf=True) for one in definition.choices)
    lenient = replace(definition, limits={"decimals": MOST_DECIMALS}, choices=choices)
    try:
        return parse(lenient, typed)
    except ValidationError:
        return None


def missing(definition: Definition) -> ValidationError:
    """The error of a field that must be filled in and is empty."""
    said = {
        Kind.CHOICE: gettext("Choose one of the list: %(field)s."),
        Kind.TREE: gettext("Choose one of the list: %(field)s."),
    }.get(Kind(definition.kind)) or gettext("This must be filled in: %(field)s.")
    return ValidationError(said % {"field": isolate(definition.name)}, code="required")


def _text(definition: Definition, line: str) -> Parsed:
    longest = min(int(definition.limits.get("longest") or LONGEST), LONGEST)
    if len(line) > longest:
        message = ngettext(
            "This is too long: at most %(limit)s character, and it has %(length)s.",
            "This is too long: at most %(limit)s characters, and it has %(length)s.",
            longest,
        )
        raise ValidationError(
            message % {"limit": f"{longest:,}", "length": f"{len(line):,}"}, code="too_long"
        )
    return Parsed(line, normalise(line)[:LONGEST_KEY])


def _choice(definition: Definition, line: str) -> Parsed:
    found = next((one for one in definition.offered if str(one.pk) == line), None)
    if found is None:
        raise ValidationError(gettext("Choose one of those listed."), code="invalid_choice")
    return Parsed(found.path[:LONGEST], str(found.pk), choice=found.pk)


def _number(definition: Definition, line: str) -> Parsed:
    bare = ascii_digits(without_bidi_controls(line)).replace("\N{MINUS SIGN}", "-").replace(" ", "")
    if _NUMBER.fullmatch(bare) is None:
        raise ValidationError(gettext("Enter a number in digits, such as 25."), code="number")
    try:
        number = Decimal(re.sub("[,٬]", "", bare).replace("٫", "."))
    except InvalidOperation:  # pragma: no cover - the pattern lets nothing else through
        raise ValidationError(gettext("Enter a number in digits, such as 25."), code="number") from None
    limits = definition.limits
    places = min(int(limits.get("decimals") or 0), MOST_DECIMALS)
    written = format(number, "f")
    if "." in written:
        written = written.rstrip("0").rstrip(".")
    if len(written.partition(".")[2]) > places:
        raise ValidationError(_too_fine(places), code="decimals")
    least, most = limits.get("least"), limits.get("most")
    if least not in {None, ""} and number < Decimal(str(least)):
        raise ValidationError(
            gettext("The least possible is %(number)s.") % {"number": isolate(least)}, code="least"
        )
    if most not in {None, ""} and number > Decimal(str(most)):
        raise ValidationError(
            gettext("The most possible is %(number)s.") % {"number": isolate(most)}, code="most"
        )
    if abs(number) >= _MOST:
        raise ValidationError(gettext("This number is too large."), code="most")
    written = "0" if written in {"-0", ""} else written.removeprefix("+")
    return Parsed(written, written, number=number)


def _too_fine(places: int) -> str:
    if not places:
        return gettext("Enter a whole number.")
    return ngettext(
        "At most %(num)d digit may stand after the point.",
        "At most %(num)d digits may stand after the point.",
        places,
    ) % {"num": places}


def _date(definition: Definition, line: str) -> Parsed:
    try:
        written = dates.written_day(line)
    except ValueError:
        raise ValidationError(
            gettext("This is no date of either calendar. Write it like %(gregorian)s or %(hijri)s.")
            % {"gregorian": isolate("2026-11-22"), "hijri": isolate("1448-06-12")},
            code="date",
        ) from None
    day, today = dates.day_of(written), timezone.localdate(clock.now())
    if definition.limits.get("past") and day > today:
        raise ValidationError(
            gettext("This day is still to come. Enter today or an earlier day."), code="past"
        )
    if definition.limits.get("future") and day < today:
        raise ValidationError(gettext("This day is over. Enter today or a later day."), code="future")
    return Parsed(written, day.isoformat(), day=day)


def _domain(line: str) -> Parsed:
    try:
        name = domains.parse_domain(line)
    except domains.BadDomain as bad:
        raise ValidationError(domains.message(bad), code=bad.code) from bad
    return Parsed(name.unicode, name.ascii)


def _person(line: str, *, by_staff: bool) -> Parsed:
    """A name and an address. Only staff reach an account with it: whether one exists is nobody else's business."""
    words = [word.strip("<>()[],;،؛") for word in line.split(" ")]
    given = [word for word in words if "@" in word or "＠" in word]
    name = " ".join(word for word in words if word and word not in given)
    if len(given) > 1:
        raise ValidationError(gettext("Enter one person: a name and one e-mail address."), code="more")
    if not given:
        account = _named(line) if by_staff else None
        if account is None:
            raise ValidationError(
                gettext("No account has exactly this name. Enter the e-mail address.")
                if by_staff
                else gettext("The e-mail address of the person is missing."),
                code="address",
            )
        return _of_account(account)
    try:
        address = addresses.parse_address(given[0])
    except addresses.BadAddress as bad:
        raise ValidationError(addresses.message(bad), code=bad.code) from bad
    account = Person.objects.filter(email=address.key, is_active=True).first() if by_staff else None
    if account is not None:
        return _of_account(account)
    if len(name) > 150:
        raise ValidationError(gettext("The name is too long."), code="too_long")
    return Parsed(f"{name} {address.address}".strip(), address.key[:LONGEST_KEY])


def _named(name: str) -> Person | None:
    """The one account with this full name or user name; None where there are several."""
    named = Person.objects.filter(is_active=True)
    found = list(named.filter(full_name__iexact=name)[:2]) or list(named.filter(username__iexact=name)[:2])
    return found[0] if len(found) == 1 else None


def _of_account(account: Person) -> Parsed:
    return Parsed(f"{account} {account.email}", str(account.pk), person=account.pk)

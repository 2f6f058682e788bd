"""The centre's own fields as a customer's form asks them, and what the chosen service asks beside them.

A form knows at the moment it is made which fields it asks, from what was chosen and typed; it carries their names along
(``asked``), so that a sending can tell what its writer has seen from what the choice of another service brought.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.utils.translation import gettext as _

from tawasul.core.markdown import render_answer
from tawasul.core.text import isolate
from tawasul.portal.forms import lookups
from tawasul.portal.forms.lookups import form_of
from tawasul.tickets import fields
from tawasul.tickets.fields import Definition, Kind, Parsed, Situation
from tawasul.tickets.models import Channel, Form, Purpose, Service
from tawasul.ui import long_lists

PREFIX: Final = "own-"  # before a field's code, in names of controls and in drafts
ASKED: Final = "asked"  # hidden: names of the parts that the writer has seen
CONTINUED: Final = "continued"  # a button's name: show what is asked now, and send nothing
SEEN_ALWAYS: Final = frozenset({"domain", "request_number", "wanted"})
FEW = 5  # choices that stand side by side as radio buttons; more are a list
Asked = Form.Asked


class OwnField(forms.Field):
    """One field of the centre's own; becomes a ``Parsed`` or None."""

    def __init__(self, definition: Definition, *, required: bool) -> None:
        super().__init__(
            label=definition.name,
            help_text=definition.help or _hint(definition),
            required=required,
            widget=_widget(definition, required=required),
        )
        self.definition = definition
        self.said: dict[str, str] | None = None  # a domain name that was right, in both forms
        self.is_domain = definition.kind == Kind.DOMAIN
        self.is_short = definition.kind in {Kind.NUMBER, Kind.DATE}

    def clean(self, value: Any) -> Parsed | None:
        """Raises ValidationError in the reader's language."""
        typed = str(value or "").replace("\0", "")
        if not typed.strip():
            if self.required:
                raise fields.missing(self.definition)
            return None
        parsed = fields.parse(self.definition, typed)
        if self.is_domain:
            self.said = {"unicode": parsed.text, "ascii": parsed.search_key}
        return parsed


class AsksMore(forms.Form):
    """A request's form that asks what its service asks: own fields, and the standard ones as its row says.

    A subclass names the ``channel`` that its requests come by.
    """

    channel: ClassVar[str] = Channel.PORTAL
    order: ClassVar[tuple[str, ...]] = ("purpose", "service", "domain", "request_number")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.known = fields.asked_of_customers(self.channel)
        self.service_chosen = self._service_chosen()
        self.row = form_of(self.service_chosen)
        self.asked_own = fields.shown(self.known, self.situation)
        for one in self.asked_own:
            self.fields[PREFIX + one.key] = OwnField(one, required=fields.is_required(one, self.situation))
        if self.row is not None:
            self._govern(self.row)
        if self.asked_own:
            own = [PREFIX + one.key for one in self.asked_own]
            self.order_fields([*(self.field_order or ()), *self.order, *own])

    @property
    def asks_more(self) -> bool:
        """Whether any choice may change what is asked; else the page is the same whatever is chosen."""
        return bool(self.known or lookups.forms())

    @property
    def situation(self) -> Situation:
        """What the conditions are judged by, as it is typed now."""
        return Situation(
            service=self.service_chosen.pk if self.service_chosen else None,
            purpose=self._typed("purpose"),
            channel=self.channel,
            given={one.key: self._typed(PREFIX + one.key) for one in self.known},
        )

    @property
    def own_bound(self) -> list[forms.BoundField]:
        """The own fields that are asked, ready to be drawn."""
        return [self[PREFIX + one.key] for one in self.asked_own]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """What was typed in fields that are not asked now: a page carries it along, a choice taken back shows it."""
        asked = {one.key for one in self.asked_own}
        return [
            (PREFIX + one.key, self._typed(PREFIX + one.key))
            for one in self.known
            if one.key not in asked and self._typed(PREFIX + one.key)
        ]

    def is_asked(self, name: str) -> bool:
        """Whether this service's form asks for one of ``domain``, ``request_number``, ``wanted``, ``files``."""
        return self.row is None or getattr(self.row, name) != Asked.NO

    def is_about_domain(self, service: Service) -> bool:
        """Whether the domain's field stands on the form of this service."""
        row = form_of(service)
        if row is None or not row.domain:
            return service.about_domain
        return row.domain != Asked.NO

    @property
    def files_required(self) -> bool:
        """Whether at least one file must be attached."""
        return self.row is not None and self.row.files == Asked.REQUIRED

    @property
    def parts(self) -> str:
        """What ``asked`` carries: the names of what stands on the page."""
        standard = [name for name in sorted(SEEN_ALWAYS | {"files"}) if self.is_asked(name)]
        return " ".join([*standard, *(PREFIX + one.key for one in self.asked_own)])

    @property
    def signature(self) -> str:
        """Differs where the own part of the page looks different, whatever is typed in it."""
        own = [f"{one.key}{'!' * self.fields[PREFIX + one.key].required}" for one in self.asked_own]
        return " ".join([str(self.row.pk if self.row and self.row.intro else "-"), *own])

    @property
    def intro(self) -> str:
        """The words of the service's row above its fields, as safe HTML."""
        return render_answer(self.row.intro) if self.row is not None and self.row.intro else ""

    @property
    def newly(self) -> list[str]:
        """Names of what this sending's choices ask for and its writer has not seen yet."""
        if not self.is_bound:
            return []
        if ASKED in self.data:
            seen = set(str(self.data[ASKED]).split())
        else:
            seen = {*SEEN_ALWAYS, "files"} | {name for name in self.data if name.startswith(PREFIX)}
        own = [PREFIX + one.key for one in self.asked_own]
        standard = [name for name in (*sorted(SEEN_ALWAYS), "files") if self.is_asked(name)]
        return [name for name in (*standard, *own) if name not in seen]

    @property
    def newly_labels(self) -> list[str]:
        """The same in words, for fields of the form."""
        return [str(self.fields[name].label) for name in self.newly if name in self.fields]

    @property
    def own(self) -> dict[Definition, Parsed]:
        """What a valid form says in the own fields that it asks; what is empty is not in it."""
        said = ((one, self.cleaned_data.get(PREFIX + one.key)) for one in self.asked_own)
        return {one: value for one, value in said if value is not None}

    def is_valid(self) -> bool:
        """Whether it can be sent: nothing wrong, and nothing asked that its writer has not seen."""
        return super().is_valid() and not self.newly

    def full_clean(self) -> None:
        """As ever; what the writer has not seen is no mistake of theirs, and what is not asked is not read."""
        super().full_clean()
        unasked = [name for name in SEEN_ALWAYS if not self.is_asked(name)]
        for name in (*self.newly, *unasked) if self.is_bound else ():
            self.errors.pop(name, None)
        for name in unasked if self.is_bound else ():
            self.cleaned_data[name] = None if name == "domain" else ""

    def as_typed_own(self) -> dict[str, str]:
        """What was typed in own fields, asked or not."""
        return typed_own(self.data, self.channel)

    def _govern(self, row: Form) -> None:
        """The standard fields as the service's row wants them. What it does not ask is not read."""
        purposes = [value for value in row.purposes if value in Purpose.values]
        purpose = self.fields["purpose"]
        if purposes and isinstance(purpose, forms.ChoiceField):
            purpose.choices = [choice for choice in Purpose.choices if choice[0] in purposes]
        for name in SEEN_ALWAYS:
            asked = getattr(row, name)
            if asked:
                self.fields[name].required = asked == Asked.REQUIRED

    def _service_chosen(self) -> Service | None:
        code = self._typed("service")
        return next((one for one in lookups.services_on_offer() if one.code == code), None) if code else None

    def _typed(self, name: str) -> str:
        source: Mapping[str, Any] = self.data if self.is_bound else (self.initial or {})
        return str(source.get(name) or "").replace("\0", "")


def typed_own(data: Mapping[str, Any], channel: str, *, longest: int = 4000) -> dict[str, str]:
    """What was typed in the own fields of this channel's form, bounded; nothing else that calls itself so."""
    return {
        PREFIX + one.key: str(data.get(PREFIX + one.key, ""))[:longest]
        for one in fields.asked_of_customers(channel)
        if data.get(PREFIX + one.key)
    }


def _hint(definition: Definition) -> str:
    """How to write it, where the centre says nothing of its own."""
    match definition.kind:
        case Kind.DATE:
            return _("In either calendar, such as %(gregorian)s or %(hijri)s.") % {
                "gregorian": isolate(_whole("2026-11-22")),
                "hijri": isolate(_whole("1448-06-12")),
            }
        case Kind.PERSON:
            somebody = _("Noura Al-Dosari")
            return _("Name and e-mail address, such as %(example)s.") % {
                "example": isolate(f"{somebody} noura@example.com.sa")
            }
    return ""


def _whole(date: str) -> str:
    """The same, never broken between two lines."""
    return date.replace("-", "-\N{WORD JOINER}")


def _widget(definition: Definition, *, required: bool) -> forms.Widget:
    attrs: dict[str, Any]
    offered = [(str(choice.pk), choice.path) for choice in definition.offered]
    if definition.kind == Kind.CHOICE and len(offered) <= FEW:
        return forms.RadioSelect(choices=offered if required else [*offered, ("", _("None of these"))])
    if definition.kind in {Kind.CHOICE, Kind.TREE}:
        attrs = dict(long_lists.attributes(definition.name, len(offered)))
        return forms.Select(attrs=attrs, choices=[("", _("Choose")), *offered])
    attrs = {"autocomplete": "off"}
    if definition.kind == Kind.NUMBER:
        attrs |= {"inputmode": "decimal", "dir": "ltr"}
    elif definition.kind == Kind.DATE:
        attrs |= {"inputmode": "numeric", "dir": "ltr"}
    elif definition.kind in {Kind.DOMAIN, Kind.PERSON}:
        attrs |= {"autocapitalize": "none", "spellcheck": "false"}
    return forms.TextInput(attrs=attrs)

"""The centre's own fields: what an answer of each kind means, what is asked when, and what a change leaves behind."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import translation

from tawasul.accounts.models import Person
from tawasul.core import kept
from tawasul.tickets import fields
from tawasul.tickets.actions import fields as verbs
from tawasul.tickets.actions.stale import Stale
from tawasul.tickets.fields import Definition, Situation
from tawasul.tickets.models import Event, Field, FieldChoice, FieldValue, Service, Ticket
from tawasul.ui.events import event_text
from tests.world import OpenATicket

pytestmark = pytest.mark.django_db
Kind = Field.Kind


def make_field(
    key: str, kind: str = Kind.TEXT, *, services: tuple[Service, ...] = (), **given: Any
) -> Definition:
    """A field, and how it reads."""
    names = {"name_ar": f"حقل {key}", "name_en": f"Field {key}"}
    row = Field.objects.create(key=key, kind=kind, **(names | given))
    row.services.set(services)
    return again(key)


def make_choice(key: str, ar: str, en: str, parent: FieldChoice | None = None, **given: Any) -> FieldChoice:
    """Something to choose in the field of that code."""
    return FieldChoice.objects.create(
        field=Field.objects.get(key=key), name_ar=ar, name_en=en, parent=parent, **given
    )


def again(key: str) -> Definition:
    """The field as it stands now."""
    kept.forget_all()
    found = fields.by_key(key)
    assert found is not None
    return found


def refused(definition: Definition, typed: str, **options: Any) -> str:
    """Why the answer is not taken."""
    with pytest.raises(ValidationError) as no:
        fields.parse(definition, typed, **options)
    return str(no.value.messages[0])


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("25", "25"),
        ("٢٥", "25"),
        ("٢٫٥", "2.5"),
        ("2.50", "2.5"),
        ("١٬٠٠٠", "1000"),
        ("-3", "-3"),
        ("1,000", "1000"),
    ],
)
def test_a_number_is_read_in_either_scripts_digits(typed: str, number: str) -> None:
    parsed = fields.parse(make_field("n", Kind.NUMBER, limits={"decimals": 2}), typed)
    assert (parsed.text, parsed.number) == (number, Decimal(number))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("كثير", "أدخل عددًا بالأرقام، مثل 25."),
        ("2.5", "أدخل عددًا صحيحًا بلا كسور."),
        ("0", "أقل ما يمكن إدخاله: \u20681\u2069."),
        ("11", "أكثر ما يمكن إدخاله: \u206810\u2069."),
    ],
)
def test_a_number_out_of_bounds_is_refused_in_the_readers_language(typed: str, said: str) -> None:
    field = make_field("n", Kind.NUMBER, limits={"least": 1, "most": 10})
    with translation.override("ar"):
        assert refused(field, typed) == said
    with translation.override("en"):
        assert refused(field, typed).isascii() is ("\u2068" not in said)


@time_machine.travel("2026-11-25 09:00+03:00", tick=False)
def test_a_date_is_one_day_in_both_calendars() -> None:
    field = make_field("d", Kind.DATE, limits={"past": True})
    hijri, gregorian = fields.parse(field, "12/6/1448"), fields.parse(field, "٢٠٢٦-١١-٢٢")
    assert hijri.day == gregorian.day == date(2026, 11, 22)
    assert hijri.search_key == gregorian.search_key == "2026-11-22"
    assert fields.typed(field, hijri) == "1448-06-12"  # what was typed is shown again
    with translation.override("en"):
        assert "1448" in fields.words(field, gregorian)
        assert refused(field, "2026-11-26").startswith("This day is still to come.")
        assert refused(field, "2026-13-01").startswith("This is no date")
    later = make_field("later", Kind.DATE, limits={"future": True})
    with translation.override("ar"):
        assert refused(later, "1448-06-12").startswith("مضى هذا اليوم.")


def test_a_domain_is_kept_in_both_forms_and_a_wrong_one_says_why() -> None:
    field = make_field("name", Kind.DOMAIN)
    parsed = fields.parse(field, "https://مثال.السعودية/صفحة")
    assert (fields.words(field, parsed), fields.also(field, parsed)) == (
        "مثال.السعودية",
        "xn--mgbh0fb.xn--mgberp4a5d4ar",
    )
    with translation.override("en"):
        assert refused(field, "no dots") == "A domain name has no spaces in it."


def test_a_text_keeps_to_its_length() -> None:
    field = make_field("t", limits={"longest": 5})
    assert fields.parse(field, "  خمسة \n").text == "خمسة"
    with translation.override("en"):
        assert "at most 5 characters" in refused(field, "ستة أحرف")


def test_a_persons_account_is_reached_by_staff_alone(noura: Person) -> None:
    field = make_field("who", Kind.PERSON)
    by_staff = fields.parse(field, noura.email.upper(), by_staff=True)
    assert (by_staff.person, by_staff.text) == (noura.pk, f"{noura} {noura.email}")
    assert fields.parse(field, str(noura), by_staff=True).person == noura.pk
    by_customer = fields.parse(field, f"نورة <{noura.email}>")
    assert (by_customer.person, by_customer.text) == (None, f"نورة {noura.email}")
    with translation.override("en"):
        assert "e-mail address of the person is missing" in refused(field, "نورة")
        assert refused(field, "Nobody at all", by_staff=True).startswith("No account")
        assert refused(field, "a@example.sa b@example.sa").startswith("Enter one person")


def test_a_tree_offers_its_leaves_by_their_path_and_keeps_what_is_offered_no_more() -> None:
    make_field("where", Kind.TREE)
    region = make_choice("where", "الرياض", "Riyadh")
    city, old = make_choice("where", "الخرج", "Al-Kharj", region), make_choice("where", "قديم", "Old", region)
    FieldChoice.objects.filter(pk=old.pk).update(is_active=False)
    field = again("where")
    assert [choice.pk for choice in field.offered] == [city.pk]
    with translation.override("en"):
        assert fields.words(field, fields.parse(field, str(city.pk))) == "Riyadh › Al-Kharj"
    for wrong in (region, old):
        assert refused(field, str(wrong.pk))
    with translation.override("ar"):
        assert fields.words(field, FieldValue(choice_id=old.pk)).endswith(" › قديم")


def asked(**given: str) -> list[str]:
    """Codes of what is asked when this is typed."""
    situation = Situation(service=None, purpose="technical", channel="portal", given=given)
    return [one.key for one in fields.shown(fields.definitions(), situation)]


def test_conditions_chain_from_field_to_field_and_a_hidden_one_gives_nothing() -> None:
    make_field("a", Kind.CHOICE, shown_if=[{"of": "purpose", "any": ["technical"]}])
    yes, no = make_choice("a", "نعم", "Yes"), make_choice("a", "لا", "No")
    make_field("b", shown_if=[{"of": "field:a", "any": [str(yes.pk)]}])
    make_field("c", shown_if=[{"of": "field:b", "any": []}], required_if=[{"of": "field:b", "any": ["نَعَم"]}])
    again("c")
    assert asked() == ["a"]
    assert asked(a=str(yes.pk)) == ["a", "b"]
    assert asked(a=str(yes.pk), b="شيء") == ["a", "b", "c"]
    assert asked(a=str(no.pk), b="شيء") == ["a"]  # b is hidden, so c is not asked either
    for said, required in (("نعم", True), ("لا", False)):
        situation = Situation(None, "technical", "portal", {"a": str(yes.pk), "b": said})
        assert fields.is_required(again("c"), situation) is required
    assert Situation(None, "inquiry", "portal", {}) and not fields.shown(
        fields.definitions(), Situation(None, "inquiry", "portal", {"a": str(yes.pk), "b": "شيء"})
    )


def test_a_branch_holds_for_what_lies_below_it_and_a_circle_asks_nothing() -> None:
    make_field("where", Kind.TREE)
    region = make_choice("where", "الرياض", "Riyadh")
    city = make_choice("where", "الخرج", "Al-Kharj", region)
    make_field("local", shown_if=[{"of": "field:where", "any": [region.pk]}])
    make_field("x", shown_if=[{"of": "field:y", "any": []}])
    make_field("y", shown_if=[{"of": "field:x", "any": []}])
    kept.forget_all()
    assert asked(where=str(city.pk), x="1", y="1") == ["where", "local"]


def test_a_change_is_told_in_both_languages_and_a_stale_one_is_refused(
    fahd: Person, sara: Person, open_a_ticket: OpenATicket
) -> None:
    make_field("plan", Kind.CHOICE)
    basic, full = make_choice("plan", "أساسية", "Basic"), make_choice("plan", "كاملة", "Full")
    field = again("plan")
    ticket = open_a_ticket(own={field: fields.parse(field, str(basic.pk))})
    seen = ticket.version
    verbs.change(ticket, field, fields.parse(field, str(full.pk)), by=fahd, version=seen, was=str(basic.pk))
    event = Event.objects.get(kind=Event.Kind.CHANGED)
    assert (event.data["property"], ticket.version) == ("field:plan", seen + 1)
    with translation.override("en"):
        told = event_text(event, "staff")
        assert "Field plan" in told and "Basic" in told and "Full" in told
    with translation.override("ar"):
        assert "كاملة" in event_text(event, "staff")
        assert not event_text(event, "customer")
    with pytest.raises(Stale) as stale:
        verbs.change(ticket, field, None, by=sara, version=seen, was=str(basic.pk))
    assert stale.value.event == event
    verbs.change(ticket, field, None, by=sara, version=ticket.version, was=str(full.pk))
    assert not fields.values_of(Ticket.objects.get())
    verbs.change(ticket, field, None, by=sara)
    assert Event.objects.filter(kind=Event.Kind.CHANGED).count() == 2  # nothing to nothing is no change


def test_without_fields_a_ticket_is_not_asked_for_values(
    open_a_ticket: OpenATicket, django_assert_num_queries: Any
) -> None:
    ticket = open_a_ticket()
    fields.definitions()
    with django_assert_num_queries(0):
        assert fields.values_of(ticket) == []

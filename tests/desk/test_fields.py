"""Fields of the centre's own in the settings: made with choices and conditions, previewed, renamed, retired."""

import re
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Change, Person, Role
from tawasul.core.kept import forget_all
from tawasul.tickets import fields
from tawasul.tickets.actions import fields as writes
from tawasul.tickets.models import Field, FieldChoice, FieldValue, Form, Service
from tests.world import OpenATicket, make_person, signed_in

pytestmark = pytest.mark.django_db
PLACE = "/en/desk/settings/"
IN_USE = {"on_form": "on", "is_shown": "on", "is_active": "on"}


@pytest.fixture(autouse=True)
def fresh() -> Any:
    forget_all()
    yield
    forget_all()


def seen_in(answer: Any) -> str:
    found = re.search(r'name="seen" value="([^"]*)"', answer.content.decode())
    assert found
    return found[1]


def lines(*rows: tuple[Any, ...]) -> dict[str, Any]:
    """Choices as the form sends them: (key or none, Arabic, English, level, offered)."""
    sent: dict[str, Any] = {"choices": len(rows)}
    for number, (pk, arabic, english, level, offered) in enumerate(rows):
        sent |= {
            f"choice-{number}-ar": arabic,
            f"choice-{number}-en": english,
            f"choice-{number}-level": level,
        }
        sent |= {f"choice-{number}-pk": pk} if pk else {}
        sent |= {f"choice-{number}-on": "on"} if offered else {}
    return sent


def save(client: Client, address: str, **values: Any) -> Any:
    forget_all()  # what was saved before is read anew only after its transaction
    return client.post(address, {"seen": seen_in(client.get(address)), "save": "1", **IN_USE, **values})


def make(kind: str = "text", key: str = "", **given: Any) -> Field:
    found = Field.objects.create(
        kind=kind, key=key or kind, **({"name_ar": "حقل", "name_en": f"The {kind}"} | given)
    )
    forget_all()
    return found


def choose_from(field: Field, *names: str) -> list[FieldChoice]:
    found = [
        FieldChoice.objects.create(field=field, name_ar=f"{name} ع", name_en=name, position=place)
        for place, name in enumerate(names, start=1)
    ]
    forget_all()
    return found


def say(ticket: Any, field: Field, typed: str, by: Person) -> None:
    forget_all()
    definition = fields.by_key(field.key)
    assert definition is not None
    writes.change(ticket, definition, fields.parse(definition, typed, by_staff=True), by=by)


def test_a_field_with_choices_is_made_in_both_languages(lama_client: Client, service: Service) -> None:
    assert "kind=tree" in lama_client.get(f"{PLACE}fields/new/").content.decode(), "its kind is chosen first"
    answer = save(
        lama_client,
        f"{PLACE}fields/new/?kind=choice",
        kind="choice",
        name_ar="جهة التسجيل",
        name_en="Registrar_to",
        services=[service.pk],
        **lines(
            (None, "الأولى", "First", 0, True), (None, "", "", 0, True), (None, "الثانية", "Second", 0, True)
        ),
    )
    assert answer.status_code == 302
    field = Field.objects.get()
    assert (field.kind, field.key, field.name_ar) == ("choice", "registrar-to", "جهة التسجيل")
    assert list(field.services.all()) == [service]
    assert [one.name_ar for one in field.choices.all()] == ["الأولى", "الثانية"], "an empty line is none"
    change = Change.objects.get()
    assert (change.noun, change.verb) == ("fields", "added")
    assert change.after["choices"][0] == {"ar": "الأولى", "en": "First"}
    assert "Registrar_to" in lama_client.get(f"{PLACE}fields/").content.decode()


def test_a_tree_has_levels_and_a_line_lies_below_the_nearest_branch(lama_client: Client) -> None:
    rows = [
        ("شهادات", "Certificates", 0),
        ("تجديد", "Renewal", 1),
        ("سنوي", "Yearly", 2),
        ("أخرى", "Other", 4),
    ]
    sent = lines(*[(None, *row, True) for row in rows])
    address = f"{PLACE}fields/new/?kind=tree"
    assert save(lama_client, address, kind="tree", name_ar="فئة", name_en="Part", **sent).status_code == 302
    forget_all()
    (definition,) = fields.definitions()
    assert [" / ".join(one.names_en) for one in definition.choices] == [
        "Certificates",
        "Certificates / Renewal",
        "Certificates / Renewal / Yearly",
        "Certificates / Renewal / Yearly / Other",
    ]


def test_lines_are_added_and_moved_by_buttons_and_nothing_typed_is_lost(lama_client: Client) -> None:
    sent = {
        "kind": "choice",
        "seen": "",
        "name_ar": "",
        "name_en": "Typed",
        **lines((None, "أ", "A", 0, True), (None, "ب", "B", 0, False)),
    }
    for do, order in (
        ("more", ["A", "B", ""]),
        ("up-1", ["B", "A"]),
        ("down-0", ["B", "A"]),
        ("drop-0", ["B"]),
    ):
        page = lama_client.post(f"{PLACE}fields/new/?kind=choice", {**sent, "do": do})
        text = page.content.decode()
        assert page.status_code == 200
        assert re.findall(r'name="choice-\d+-en" id="[^"]+" value="([^"]*)"', text) == order, do
        assert 'value="Typed"' in text
        assert "Write the name in both languages" not in text, "nothing is judged before it is saved"
    assert not Field.objects.exists()


def test_a_preview_shows_the_form_in_both_languages_and_changes_nothing(lama_client: Client) -> None:
    field = make("choice")
    choose_from(field, "Old")
    sent = {"name_ar": "اسم جديد", "name_en": "New name", "preview": "1", "seen": "", **IN_USE}
    answer = lama_client.post(
        f"{PLACE}fields/{field.pk}/", {**sent, **lines((None, "خيار", "Pick me", 0, True))}
    )
    page = answer.content.decode()
    preview = page[page.index('id="preview-title"') :]
    assert answer.status_code == 200
    for words in ("اسم جديد", "New name", "Pick me", "خيار", "What is the problem?", "الغرض"):
        assert words in preview
    field.refresh_from_db()
    assert field.name_en == "The choice"
    assert [one.name_en for one in field.choices.all()] == ["Old"]
    assert not Change.objects.exists()


def test_a_choice_in_use_is_renamed_everywhere_and_never_lost(
    lama_client: Client, fahd: Person, open_a_ticket: OpenATicket
) -> None:
    field = make("choice")
    used, free = choose_from(field, "Used", "Free")
    ticket = open_a_ticket()
    say(ticket, field, str(used.pk), fahd)
    address = f"{PLACE}fields/{field.pk}/"
    names = {"name_ar": "حقل", "name_en": "The choice"}
    save(
        lama_client,
        address,
        **names,
        **lines((used.pk, "جديد", "Renamed", 0, True), (free.pk, "ح", "Free", 0, True)),
    )
    forget_all()
    page = lama_client.get(f"/en/desk/tickets/{ticket.spoken_number}/").content.decode()
    assert "Renamed" in page
    save(lama_client, address, **names, **lines((None, "ثالث", "Third", 0, True)))
    left = {one.name_en: one.is_active for one in field.choices.all()}
    assert left == {"Third": True, "Renamed": False}, "what a ticket has is switched off, the other deleted"
    assert FieldValue.objects.get().choice_id == used.pk
    history = lama_client.get(address).content.decode()
    assert "Choices that are not offered any more" in history and "Used" in history


def test_conditions_come_back_as_they_were_set(lama_client: Client) -> None:
    other = make("choice", name_en="Other field")
    first, second = choose_from(other, "Yes please", "No")
    words = make("text", key="words", name_en="Words")
    address = f"{PLACE}fields/new/?kind=date"
    sent = {
        "kind": "date",
        "name_ar": "تاريخ",
        "name_en": "Day",
        "when": "past",
        "shown_if-0-of": "purpose",
        "shown_if-0-any": ["complaint", "technical"],
        "shown_if-1-of": f"field:{other.key}",
        "shown_if-1-any": [first.pk],
        "required_if-0-of": f"field:{words.key}",
        "required_if-0-words": "نعم، لا",
    }
    shown = lama_client.post(
        address, {"kind": "date", "shown_if-0-of": "purpose", "do": "values"}
    ).content.decode()
    assert 'value="complaint"' in shown, "the values of what was chosen are offered"
    assert save(lama_client, address, **sent).status_code == 302
    field = Field.objects.get(kind="date")
    assert field.limits == {"past": True}
    assert field.shown_if == [
        {"of": "purpose", "any": ["complaint", "technical"]},
        {"of": f"field:{other.key}", "any": [str(first.pk)]},
    ]
    assert field.required_if == [{"of": "field:words", "any": ["نعم", "لا"]}]
    forget_all()
    page = lama_client.get(f"{PLACE}fields/{field.pk}/").content.decode()
    assert re.search(rf'name="shown_if-1-any" value="{first.pk}" checked', page)
    assert not re.search(rf'name="shown_if-1-any" value="{second.pk}" checked', page)
    assert "Purpose: Complaint, Technical problem" in page, "history says it in words"
    lama_client.post(f"{PLACE}fields/{other.pk}/removal/")
    assert Field.objects.filter(pk=other.pk).exists(), "a condition asks for it"


def test_what_is_wrong_is_said_in_its_place(lama_client: Client) -> None:
    address = f"{PLACE}fields/new/?kind=choice"
    none = save(
        lama_client, address, kind="choice", name_ar="ا", name_en="A", **lines((None, "", "", 0, True))
    )
    assert none.status_code == 422 and "Write at least one thing to choose" in none.content.decode()
    half = lines((None, "عربي", "", 0, True), (None, "ب", "B", 0, True), (None, "ب", "C", 0, True))
    answer = save(lama_client, address, kind="choice", name_ar="ا", name_en="A", **half)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#choice-0-ar"' in page and 'href="#choice-2-ar"' in page
    vague = save(
        lama_client,
        f"{PLACE}fields/new/?kind=number",
        kind="number",
        name_ar="ا",
        name_en="A",
        least="9",
        most="1",
        **{"shown_if-0-of": "channel"},
    )
    assert vague.status_code == 422
    assert "The most is less than the least" in vague.content.decode()
    assert 'href="#shown_if-0-of"' in vague.content.decode()
    assert not Field.objects.exists()


def test_a_stale_edit_of_a_field_is_noticed(lama_client: Client) -> None:
    field = make("choice")
    choose_from(field, "One")
    address = f"{PLACE}fields/{field.pk}/"
    old = seen_in(lama_client.get(address))
    names = {"name_ar": "حقل", "name_en": "The choice"}
    save(lama_client, address, **names, **lines((None, "اثنان", "Two", 0, True)))
    mine = {**names, **IN_USE, **lines((None, "ثلاثة", "Three", 0, True)), "save": "1"}
    answer = lama_client.post(address, {**mine, "seen": old})
    assert answer.status_code == 409
    assert "Three" in answer.content.decode() and "Two" in answer.content.decode()
    assert [one.name_en for one in field.choices.all()] == ["Two"]
    assert lama_client.post(address, {**mine, "seen": seen_in(answer)}).status_code == 302


def test_fields_are_ordered_and_an_unused_one_is_deleted(lama_client: Client) -> None:
    first, second = make("text", position=1), make("number", position=2)
    lama_client.post(f"{PLACE}fields/{second.pk}/position/", {"to": "up"})
    assert list(Field.objects.values_list("pk", flat=True)) == [second.pk, first.pk]
    lama_client.post(f"{PLACE}fields/{first.pk}/removal/")
    assert not Field.objects.filter(pk=first.pk).exists()


def test_a_service_has_a_form_of_its_own_until_it_is_given_up(lama_client: Client, service: Service) -> None:
    make("text", name_en="Asked here", is_required=True)
    address = f"{PLACE}forms/{service.pk}/"
    sent = {
        "purposes": ["complaint"],
        "domain": "no",
        "request_number": "no",
        "wanted": "optional",
        "files": "no",
    }
    sent |= {"intro_ar": "اقرأ **هذا**", "intro_en": "Read [this](https://example.com)"}
    shown = lama_client.post(address, {**sent, "seen": "", "preview": "1"}).content.decode()
    assert "<strong>هذا</strong>" in shown and "Asked here" in shown
    assert not Form.objects.exists(), "a preview saves nothing"
    answer = lama_client.post(address, {**sent, "seen": seen_in(lama_client.get(address)), "save": "1"})
    assert answer.status_code == 302
    form = Form.objects.get()
    assert (form.service, form.purposes, form.domain, form.wanted) == (
        service,
        ["complaint"],
        "no",
        "optional",
    )
    page = lama_client.get(address).content.decode()
    assert "Purposes on offer" in page and "not asked" in page, "history says it"
    stale = lama_client.post(address, {**sent, "files": "required", "seen": "other", "save": "1"})
    assert stale.status_code == 409
    others = f"{PLACE}forms/others/"
    lama_client.post(others, {**sent, "seen": seen_in(lama_client.get(others)), "save": "1"})
    assert Form.objects.filter(service=None).count() == 1
    assert "Every other service" in lama_client.get(f"{PLACE}history/").content.decode()
    lama_client.post(f"{address}removal/")
    assert not Form.objects.filter(service=service).exists()


@pytest.mark.parametrize("role", [Role.AGENT, Role.AUDITOR])
def test_only_administrators_set_what_is_asked(db: None, role: str, service: Service) -> None:
    field = make("text")
    client = signed_in(make_person("huda", "هدى السبيعي", is_staff=True, role=role))
    for place in (
        "fields/",
        "fields/new/",
        f"fields/{field.pk}/",
        "forms/",
        f"forms/{service.pk}/",
        "forms/others/",
    ):
        assert client.get(PLACE + place).status_code == 404, place
        assert client.post(PLACE + place, {}).status_code in {404, 405}, place

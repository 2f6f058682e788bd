"""A filter finds its tickets, all of them and in order, by whichever way it looks for them; and it never looks far."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core.prepared import Prepared
from tawasul.tickets import actions, fields, in_views, narrowed, queue
from tawasul.tickets.filters import SORTS, Filter
from tawasul.tickets.models import CloseReason, Field, FieldChoice, FieldValue, Tag, Ticket
from tawasul.tickets.own_filters import meant
from tawasul.tickets.writers import Writer

pytestmark = pytest.mark.django_db

PAGE = 4
CACHED = (narrowed._stretch, narrowed._horizon, narrowed._counted, narrowed._few)

Bounds = Callable[..., None]


@pytest.fixture
def bounds(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets what is near, far and rare, with pages of four."""

    def set_to(near: int, far: int, rare: int) -> None:
        for cached in CACHED:
            cached.cache_clear()
        for name, value in (("NEAR", near), ("FAR", far), ("RARE", rare), ("PAGE", PAGE)):
            monkeypatch.setattr(narrowed, name, value)
        by_key: Any = Prepared(lambda *keys: Ticket.objects.filter(pk__in=keys), places=PAGE + 1)
        monkeypatch.setattr(narrowed, "_BY_KEY", by_key)

    yield set_to
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def tickets(fahd: Person, sara: Person, open_a_ticket: Any) -> list[Ticket]:
    """Eighteen in every state, every third with a tag, every second with an own field's choice, one rare."""
    tag = Tag.objects.create(name_ar="نقل", name_en="Transfer")
    field = Field.objects.create(key="kind", kind=Field.Kind.CHOICE, name_ar="نوع", name_en="Kind")
    often, seldom = (
        FieldChoice.objects.create(field=field, name_ar=name, name_en=name) for name in ("often", "seldom")
    )
    made = []
    for place in range(18):
        ticket = open_a_ticket(subject=f"needle {place}" if place == 7 else f"hay {place}")
        if place % 4 == 1:
            actions.answer(ticket, by=sara, text="Please send the document.")
        if place % 4 == 2:
            actions.close(ticket, by=Writer.of(sara), reason=CloseReason.SOLVED_BY_STAFF)
        if place % 3 == 0:
            tag.tickets.add(ticket)
        if place % 2 == 0 or place == 7:
            choice = seldom if place == 7 else often
            FieldValue.objects.create(ticket=ticket, field=field, choice=choice, search_key=str(choice.pk))
        made.append(ticket)
    Ticket.objects.filter(pk__in=[ticket.pk for ticket in made[::5]]).update(assignee=fahd)
    fields.definitions.forget()
    return made


def asked() -> list[Filter]:
    tag = str(Tag.objects.get().pk)
    often, seldom = map(str, FieldChoice.objects.order_by("pk").values_list("pk", flat=True))
    parts: list[tuple[str, dict[str, str]]] = [
        ("everything", {"tag": tag}),
        ("everything", {"turn": "open", "tag": tag}),
        ("everything", {"turn": "closed"}),
        ("everything", {"f_kind": often}),
        ("everything", {"f_kind": seldom, "language": "ar"}),
        ("everything", {"words": "needle"}),
        ("everything", {"words": "hay", "f_kind": often}),
        ("everything", {"assignee": "me"}),
        ("everything", {"requester": Ticket.objects.all()[0].requester_email.lower()}),
        ("everything", {"created_from": "2020-01-01", "created_to": "2020-02-01"}),
        ("everything", {"f_gone": "1"}),
        ("all", {"language": "ar"}),
        ("mine", {"channel": "portal"}),
        ("with_customer", {"channel": "portal"}),
        ("closed", {"channel": "portal"}),
    ]
    return [
        Filter(view, tuple(values.items()), sort, meant(values))
        for view, values in parts
        for sort in ("", *SORTS)
    ]


def expected(one: Filter, person: Person) -> list[int]:
    """Every ticket that fits, as plainly as it can be said."""
    key, descending = SORTS[one.sort] if one.sort else in_views.VIEWS[one.view]
    found = list(queue.every(one, person))
    known = sorted((getattr(row, key), row.pk) for row in found if getattr(row, key) is not None)
    blank = sorted((row.pk for row in found if getattr(row, key) is None), reverse=True)
    return [pk for _moment, pk in (known[::-1] if descending else known)] + blank


def told(one: Filter, person: Person) -> tuple[list[int], list[int], bool]:
    """What the pages show one after the other, what they show on the way back, and whether one was unfinished."""
    page, there, unfinished = queue.page(one, person), [], False
    for _ in range(40):
        there += [row.pk for row in page.rows]
        unfinished = unfinished or page.is_unfinished
        if not page.older:
            break
        page = queue.page(one, person, after=page.older)
    back = [row.pk for row in page.rows]
    for _ in range(40):
        if not page.newer:
            break
        page = queue.page(one, person, before=page.newer)
        back = [row.pk for row in page.rows] + back
    return there, back, unfinished


@pytest.mark.parametrize(
    ("near", "far", "rare"), [(400, 4000, 1000), (2, 5, 0), (1, 1, 0), (2, 5, 3), (0, 100, 1000)]
)
def test_all_that_fit_are_shown_once_and_in_order_there_and_back(
    near: int, far: int, rare: int, tickets: list[Ticket], fahd: Person, bounds: Bounds
) -> None:
    bounds(near, far, rare)
    for one in asked():
        there, back, _ = told(one, fahd)
        assert there == expected(one, fahd), one
        assert back == there, one


def test_a_page_that_is_not_full_says_whether_it_looked_at_all(
    tickets: list[Ticket], fahd: Person, bounds: Bounds
) -> None:
    needle = Filter(values=(("words", "needle"),))
    bounds(2, 5, 0)
    first = queue.page(needle, fahd)
    assert (first.rows, first.is_unfinished) == ([], True) and first.older
    bounds(2, 100, 0)
    assert [row.subject for row in queue.page(needle, fahd).rows] == ["needle 7"]
    assert not queue.page(needle, fahd).is_unfinished


def test_whoever_looks_further_is_shown_all_that_half_a_second_finds(
    tickets: list[Ticket], fahd: Person, bounds: Bounds, monkeypatch: pytest.MonkeyPatch
) -> None:
    needle = Filter(values=(("words", "needle"),))
    bounds(1, 2, 0)
    begun = queue.page(needle, fahd)
    assert begun.is_unfinished
    further = queue.page(needle, fahd, after=begun.older)
    assert ([row.subject for row in further.rows], further.is_unfinished) == (["needle 7"], False)
    monkeypatch.setattr(narrowed, "PATIENCE", 0)
    further = queue.page(needle, fahd, after=begun.older)
    assert (further.rows, further.is_unfinished) == ([], True)


def test_one_rare_part_makes_the_page_exact_whatever_the_others_are(
    tickets: list[Ticket], fahd: Person, bounds: Bounds
) -> None:
    bounds(1, 1, 1)
    seldom = str(FieldChoice.objects.get(name_en="seldom").pk)
    values = {"words": "needle", "f_kind": seldom, "turn": "open"}
    for sort in ("", *SORTS):
        page = queue.page(Filter(values=tuple(values.items()), sort=sort, meant=meant(values)), fahd)
        assert [row.subject for row in page.rows] == ["needle 7"]
        assert not (page.is_unfinished or page.older)


def test_what_is_common_is_not_counted_again_for_a_moment(
    tickets: list[Ticket], fahd: Person, bounds: Bounds, django_assert_num_queries: Any
) -> None:
    bounds(1, 5, 0)
    tag = Filter(values=(("tag", str(Tag.objects.get().pk)),))
    queue.page(tag, fahd)
    with django_assert_num_queries(3):  # what is near, how far it goes, what is there
        queue.page(tag, fahd)


def test_a_filter_that_many_tickets_fit_is_one_question(
    tickets: list[Ticket], fahd: Person, bounds: Bounds, django_assert_num_queries: Any
) -> None:
    bounds(400, 4000, 1000)
    queue.page(Filter(values=(("language", "ar"),)), fahd)
    with django_assert_num_queries(1):
        queue.page(Filter(values=(("language", "ar"),)), fahd)


def test_a_page_on_which_nothing_was_found_yet_leads_on_instead_of_saying_that_there_is_nothing(
    tickets: list[Ticket], fahd_client: Client, bounds: Bounds, settings: Any
) -> None:
    settings.STAFF_NEED_TWO_STEPS = False
    bounds(2, 5, 0)
    answer = fahd_client.get("/ar/desk/?view=everything&words=needle")
    assert answer.status_code == 200, answer.headers
    assert "data-look-further" in answer.content.decode()
    assert "لا توجد تذكرة توافق" not in answer.content.decode()
    found = answer.content.decode()
    for _ in range(9):
        onwards = re.search(r'data-look-further.*?href="(\?[^"]*after=[^"]*)"', found)
        if not onwards:
            break
        found = fahd_client.get("/ar/desk/" + onwards[1].replace("&amp;", "&")).content.decode()
        if "needle 7" in found:
            return
    raise AssertionError("the ticket was not met")

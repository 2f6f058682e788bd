"""The desk on a wide screen: long lists can be looked through, a long ticket has two ends, paper shows no inside."""

from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.tickets import actions
from tawasul.tickets.models import Message, SavedView, Tag, Ticket
from tawasul.tickets.writers import Writer
from tests.taking_part import take_part

pytestmark = pytest.mark.django_db


def shown(client: Client, address: str, status: int = 200, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.fixture
def many_tags(db: None) -> None:
    Tag.objects.bulk_create(Tag(name_ar=f"وسم {n}", name_en=f"Tag {n}") for n in range(230))
    Tag.objects.create(name_ar="نقل الملكيّة", name_en="Change of owner")


@pytest.mark.parametrize("asked", ["الملكيه", "ملكية نقل", "OWNER change"])
def test_one_of_many_tags_is_found_by_a_word_in_any_spelling(
    lama_client: Client, many_tags: None, asked: str
) -> None:
    page = shown(lama_client, "/en/desk/settings/tags/", data={"q": asked})
    assert "Change of owner" in page and "1 found" in page and "Tag 17<" not in page


def test_a_list_of_hundreds_comes_a_hundred_at_a_time(
    lama_client: Client, many_tags: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(125):
        page = shown(lama_client, "/en/desk/settings/tags/")
    assert page.count('<li id="row-') == 100 and "231 in all" in page and "page=2" in page
    last = shown(lama_client, "/en/desk/settings/tags/?page=3")
    assert last.count('<li id="row-') == 31 and "page=4" not in last
    for odd in ["0", "-1", "99999", "x", "٣", "9" * 30]:
        assert '<li id="row-' in shown(lama_client, "/en/desk/settings/tags/", data={"page": odd})


def test_what_is_not_among_many_says_so_and_shows_the_way_back(lama_client: Client, many_tags: None) -> None:
    page = shown(lama_client, "/en/desk/settings/tags/?q=nowhere")
    assert "Nothing of that name" in page and 'href="/en/desk/settings/tags/"' in page


def test_a_short_list_has_no_field_to_look_through_it(lama_client: Client) -> None:
    Tag.objects.create(name_ar="وسم", name_en="Tag")
    assert "look-up" not in shown(lama_client, "/en/desk/settings/tags/")


def test_saved_views_beyond_the_first_eight_are_folded_and_the_open_one_is_not_hidden(
    fahd: Person, fahd_client: Client
) -> None:
    views = [
        SavedView.objects.create(name=f"View {n}", owner=fahd, query="view=all", position=n)
        for n in range(12)
    ]
    page = shown(fahd_client, "/en/desk/")
    assert "<details><summary>" in page and "View 11" in page
    assert "More saved views" in shown(fahd_client, "/en/desk/saved-views/")
    views[-1].delete()
    views[-2].delete()
    assert "More saved views" not in shown(fahd_client, "/en/desk/")


def test_a_long_correspondence_leads_to_its_first_and_its_newest_letter(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket: Ticket = open_a_ticket()
    address = f"/en/desk/tickets/{ticket.spoken_number}/"
    assert 'class="ends' not in shown(fahd_client, address)
    Message.objects.bulk_create(
        Message(
            ticket=ticket, kind="note", author=fahd, author_name=fahd.full_name, text=str(n), at=clock.now()
        )
        for n in range(299)
    )
    page = shown(fahd_client, address)
    letters = Message.objects.filter(ticket=ticket).order_by("at", "pk")
    first, newest = letters[0], letters.reverse()[0]
    assert f'href="#message-{first.pk}"' in page and f'href="#message-{newest.pk}"' in page
    assert "300 letters" in page


def test_paper_shows_whose_ticket_it_is_and_nothing_of_the_inside(
    fahd: Person, sara: Person, noura: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket: Ticket = open_a_ticket()
    actions.assign(ticket, to=sara, by=fahd)
    actions.answer(ticket, by=fahd, text="تم")
    actions.close(ticket, by=Writer.of(noura), reason="solved_by_customer")
    page = shown(fahd_client, f"/en/desk/tickets/{ticket.spoken_number}/")
    paper = page.split('<dl class="on-paper">')[1].split("</dl>")[0]
    assert noura.full_name in paper and noura.organisation in paper
    lines = page.split('<li class="event"')[1:]
    inside = [line for line in lines if line.startswith(" data-inside")]
    assert len(inside) == 1 and "assigned" in inside[0]
    assert len(lines) >= 3, "what customers read of is printed"


def test_a_private_participant_stays_off_the_paper(
    fahd: Person, fahd_client: Client, open_a_ticket: Any
) -> None:
    ticket: Ticket = open_a_ticket()
    for name, is_private in [("سرّي", True), ("معلن", False)]:
        take_part(ticket, fahd, f"{is_private}@example.com.sa", name=name, is_private=is_private)
    page = shown(fahd_client, f"/en/desk/tickets/{ticket.spoken_number}/")
    lines = [line for line in page.split('<li class="event"')[1:] if "added" in line]
    assert sorted(line.startswith(" data-inside") for line in lines) == [False, True]


def test_what_staff_do_not_find_leads_on_at_the_desk(fahd_client: Client) -> None:
    page = shown(fahd_client, "/en/desk/tickets/0000-0000/", 404)
    assert "There is no such page at the desk" in page
    assert 'action="/en/desk/search/"' in page and 'href="/en/desk/"' in page
    assert "My tickets" not in page.split("<main")[1].split("</main>")[0]


def test_a_customer_learns_nothing_of_the_desk_from_its_error_page(
    noura_client: Client, client: Client
) -> None:
    page = shown(noura_client, "/en/desk/tickets/0000-0000/", 404)
    assert "There is no such page here" in page
    assert "/en/desk/" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/en/desk/?view=mine&q=1", "/en/desk/"),
        ("http://testserver/en/desk/tickets/1234-5678/?view=mine", "/en/desk/tickets/1234-5678/?view=mine"),
        ("https://elsewhere.example/en/desk/tickets/1234-5678/", "/en/desk/"),
        ("http://testserver/en/tickets/1234-5678/", "/en/desk/"),
        ("javascript:alert(1)", "/en/desk/"),
    ],
)
def test_staff_are_led_back_to_the_page_of_the_desk_they_came_from(
    fahd_client: Client, came_from: str, back: str
) -> None:
    page = shown(fahd_client, "/en/desk/tickets/0000-0000/", 404, headers={"Referer": came_from})
    first = page.split("<main")[1].split('class="btn first" href="')[1].split('"')[0]
    assert first.replace("&amp;", "&") == back


def test_a_form_without_its_token_leads_staff_back_with_what_they_wrote(fahd: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(fahd)
    answer = strict.post("/en/desk/tickets/1234-5678/answers/", {"text": "نصّ طويل كتبه الموظف هنا"})
    page = answer.content.decode()
    assert answer.status_code == 403 and "نصّ طويل كتبه الموظف هنا" in page
    assert 'href="/en/desk/"' in page

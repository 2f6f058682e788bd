"""What a stock holds a handful of, however large it is, and what half of it has: filters by these are the dearest.

The few lie evenly among all, so that most of them are as far from the beginning of any order as they can be.
"""

from typing import Final

from django.db import connection

from tawasul.accounts.models import Person
from tawasul.tickets import fields
from tawasul.tickets.filters import Filter
from tawasul.tickets.models import Field, FieldChoice, FieldValue, Tag, Tagging, Ticket

FEW: Final = 5
RARE_WORD: Final = "zarqawi"
RARE_DOMAIN: Final = "needle.com.sa"
RARE_ADDRESS: Final = "needle@stock.example"
RARE_ORGANISATION: Final = "Needle Works"


def plant() -> None:
    """Put them into a stock that has none yet."""
    last = Ticket.objects.order_by("-pk").values_list("pk", flat=True)[0]
    step = max(last // FEW, 1)
    few = list(Ticket.objects.filter(pk__in=range(last - step // 2, 0, -step)).values_list("pk", flat=True))
    person = Person.objects.create(
        username="needle", email=RARE_ADDRESS, full_name="Najla Needle", organisation=RARE_ORGANISATION
    )
    for ticket in Ticket.objects.filter(pk__in=few):
        ticket.requester, ticket.requester_name, ticket.requester_email = person, "Najla Needle", RARE_ADDRESS
        ticket.subject, ticket.search_key = f"{RARE_WORD} {RARE_DOMAIN}", f"{RARE_WORD} {RARE_DOMAIN}"
        ticket.domain_typed = ticket.domain_unicode = ticket.domain_ascii = RARE_DOMAIN
        ticket.save()
    tag = Tag.objects.create(name_ar="إبرة", name_en="Needle")
    Tagging.objects.bulk_create(Tagging(tag=tag, ticket_id=pk) for pk in few)
    chosen = _field("needle_choice", Field.Kind.CHOICE)
    _field("needle_day", Field.Kind.DATE)
    often, seldom = (
        FieldChoice.objects.create(field=chosen, name_ar=name, name_en=name) for name in ("Hay", "Needle")
    )
    _half_of_all(chosen, often, few)
    FieldValue.objects.bulk_create(
        FieldValue(ticket_id=pk, field=chosen, choice=seldom, search_key=str(seldom.pk)) for pk in few
    )
    _days_of_all()
    fields.definitions.forget()


def _field(key: str, kind: Field.Kind) -> Field:
    return Field.objects.create(key=key, kind=kind, name_ar=key, name_en=key, on_form=False)


def _half_of_all(field: Field, choice: FieldChoice, but: list[int]) -> None:
    table, ticket = FieldValue._meta.db_table, Ticket._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (ticket_id, field_id, choice_id, search_key, text)"  # noqa: S608 - models' own names
            f" SELECT id, %s, %s, %s, '' FROM {ticket} WHERE id %% 2 = 0 AND id NOT IN ({', '.join(map(str, but))})",
            [field.pk, choice.pk, str(choice.pk)],
        )


def _days_of_all() -> None:
    """Every ticket says a day, the same hundred over and over: of a range of all days, no index says where to begin."""
    field = Field.objects.get(key="needle_day")
    table, ticket = FieldValue._meta.db_table, Ticket._meta.db_table
    day = (
        "DATE '2026-01-01' + CAST(id %% 100 AS INTEGER)"
        if connection.vendor == "postgresql"
        else "DATE('2026-01-01', (id %% 100) || ' days')"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (ticket_id, field_id, day, search_key, text)"  # noqa: S608 - models' own names
            f" SELECT id, %s, {day}, '', '' FROM {ticket}",
            [field.pk],
        )


def filters() -> dict[str, Filter]:
    """The dearest filters of up to three parts, by the name of the bench's page."""
    tags = [str(pk) for pk in Tag.objects.order_by("pk").values_list("pk", flat=True)]
    often, seldom = (
        str(FieldChoice.objects.get(field__key="needle_choice", name_en=name).pk)
        for name in ("Hay", "Needle")
    )
    rare_tag, team = tags[-1], str(Ticket.objects.exclude(team=None).values_list("team", flat=True)[0])
    service = str(Ticket.objects.values_list("service", flat=True)[0])
    asked: dict[str, tuple[str, dict[str, str], str]] = {
        "rare tag, oldest": ("everything", {"tag": rare_tag}, "oldest"),
        "rare tag, common tag's field, waiting": (
            "everything",
            {"tag": rare_tag, "f_needle_choice": seldom, "language": "ar"},
            "waiting",
        ),
        "rare field": ("everything", {"f_needle_choice": seldom}, ""),
        "rare field, changed": ("everything", {"f_needle_choice": seldom, "turn": "closed"}, "changed"),
        "common field": ("everything", {"f_needle_choice": often}, ""),
        "common field, common tag, service": (
            "everything",
            {"f_needle_choice": often, "tag": tags[1], "service": service},
            "oldest",
        ),
        "common field, waiting": ("all", {"f_needle_choice": often, "team": team}, "waiting"),
        "a day of a hundred": (
            "everything",
            {"f_needle_day_from": "2026-02-01", "f_needle_day_to": "2026-02-01"},
            "changed",
        ),
        "all days": ("everything", {"f_needle_day_from": "2026-01-01", "channel": "desk"}, "oldest"),
        "no day": ("everything", {"f_needle_day_from": "2030-01-01"}, "oldest"),
        "rare word": ("everything", {"words": RARE_WORD}, ""),
        "rare word, oldest": ("everything", {"words": RARE_WORD}, "oldest"),
        "rare word, due": ("everything", {"words": RARE_WORD}, "due"),
        "rare word, waiting": ("all", {"words": RARE_WORD, "language": "ar"}, "waiting"),
        "no word": ("closed", {"words": "nosuchword", "channel": "mail"}, "changed"),
        "rare word, rare tag": ("everything", {"words": RARE_WORD, "tag": rare_tag}, "changed"),
        "rare word, common field": ("everything", {"words": RARE_WORD, "f_needle_choice": often}, "newest"),
        "common word": ("everything", {"words": "com.sa"}, "changed"),
        "rare address": ("everything", {"requester": RARE_ADDRESS}, "changed"),
        "no address": ("everything", {"requester": "nobody@nowhere.example", "turn": "open"}, "oldest"),
        "rare name": ("everything", {"requester": "Najla"}, ""),
        "rare organisation": ("everything", {"organisation": RARE_ORGANISATION}, "changed"),
        "no organisation": ("everything", {"organisation": "nosuchone", "tag": tags[1]}, "oldest"),
        "common organisation": ("everything", {"organisation": "a", "tag": tags[1]}, "oldest"),
        "rare domain": ("everything", {"domain": RARE_DOMAIN}, ""),
        "rare domain, waiting": ("all", {"domain": RARE_DOMAIN, "team": team}, "waiting"),
        "common domain": ("everything", {"domain": "com.sa", "tag": tags[1]}, "changed"),
        "part of a domain": ("everything", {"domain": "needle", "domain_how": "contains"}, "oldest"),
        "open, oldest": ("everything", {"turn": "open"}, "oldest"),
        "open, tag, oldest": ("everything", {"turn": "open", "tag": tags[1], "channel": "desk"}, "oldest"),
        "closed, newest": ("everything", {"turn": "closed", "tag": tags[1]}, "newest"),
        "closed, changed": (
            "everything",
            {"turn": "closed", "service": service, "language": "en"},
            "changed",
        ),
        "on hold, newest": ("on_hold", {"channel": "desk"}, "newest"),
        "mine, newest": ("mine", {"purpose": "complaint"}, "newest"),
        "mine, oldest": ("mine", {"tag": tags[1], "channel": "desk"}, "oldest"),
        "team, changed": ("team", {"language": "en", "channel": "desk"}, "changed"),
        "mentions, oldest": ("mentions", {"tag": rare_tag}, "oldest"),
        "snoozed, newest": ("snoozed", {"language": "en", "tag": tags[2]}, "newest"),
        "all, oldest": ("all", {"channel": "direct"}, "oldest"),
        "due, of the closed": ("closed", {"channel": "direct", "language": "en"}, "due"),
        "closed before any": ("everything", {"closed_to": "2010-01-01"}, "newest"),
        "opened on one day": (
            "everything",
            {"created_from": "2024-05-01", "created_to": "2024-05-01"},
            "changed",
        ),
    }
    return {
        f"filter:{name}": Filter(view, tuple(values.items()), sort, _meant(values))
        for name, (view, values, sort) in asked.items()
    }


def _meant(values: dict[str, str]) -> tuple[object, ...]:
    from tawasul.tickets import own_filters

    return own_filters.meant(values)

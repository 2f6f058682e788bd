"""One size of ``bench desk``: a stock, a server on it, and the addresses of the desk's pages, until the input ends."""

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tawasul.tickets.filters import Filter


def main(argv: list[str]) -> int:
    """Print the stand as JSON on a line of its own once its server answers."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, required=True)
    given = parser.parse_args(argv)
    from tawasul.config import preparation

    preparation.prepare()
    from django.db import connection

    from tawasul.config.bench import measure, needles
    from tawasul.config.bench import stage as stages

    stage = stages.prepare(given.tickets)
    needles.plant()
    if connection.vendor == "postgresql":  # what autovacuum would do a minute later, between the requests
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
            cursor.execute("CHECKPOINT")
    pages = _pages()
    preparation.let_go()
    with measure.server(os.environ["DJANGO_SETTINGS_MODULE"]) as (port, _, _):
        print(json.dumps({"port": port, "cookies": stage.staff_cookies, "pages": pages}), flush=True)
        sys.stdin.read()
    return 0


def _pages() -> dict[str, list[str]]:
    """By name, the addresses that are asked for in turn."""
    from django.urls import reverse

    from tawasul.config.bench import needles
    from tawasul.desk.shelves import SHELVES
    from tawasul.tickets.models import Status, Ticket

    queue = reverse("desk:queue")
    pages = {f"view:{name}": [f"{queue}?view={name}"] for name in SHELVES}
    waiting = Ticket.objects.filter(status=Status.WITH_CENTRE, message_count=3, team__is_closed=False)
    waiting = waiting.order_by("pk")[:20]
    filters = _filters() | needles.filters()
    pages |= {name: [f"{queue}?{narrowed.canonical()}"] for name, narrowed in filters.items()}
    pages["ticket"] = [reverse("desk:ticket", args=[ticket.spoken_number]) for ticket in waiting]
    return pages


def _filters() -> "dict[str, Filter]":
    """What staff keep as views of their own; each finds a full page in a small stock, too."""
    from tawasul.tickets.filters import Filter
    from tawasul.tickets.models import Tag

    tag = str(Tag.objects.order_by("pk").values_list("pk", flat=True)[0])
    return {
        "filter": Filter("all", (("language", "ar"), ("channel", "portal"))),
        "filter:tag": Filter(values=(("turn", "open"), ("tag", tag)), sort="waiting"),
        "filter:closed": Filter("closed", (("channel", "mail"), ("language", "en"))),
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

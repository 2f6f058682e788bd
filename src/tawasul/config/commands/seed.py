"""``tawasul seed``: put the example centre into an empty data folder, for trying things on PostgreSQL, say.

With ``--tickets N`` so many more tickets come to it, about three letters each, in Arabic and English and in every
state: what a desk looks like after years. It may be asked for again. Nothing of it is mailed.
On PostgreSQL pages wait while a stock grows by many; interrupted, that leaves none of them behind.
"""

import argparse

from tawasul.config import preparation
from tawasul.config.bootstrap import say


def run(arguments: list[str]) -> int:
    """1 when the folder or database holds anything already that is not the example centre."""
    parser = argparse.ArgumentParser(
        "tawasul seed",
        description=__doc__,
        epilog="The folder is --data DIR or TAWASUL_DATA, the database DATABASE_URL. Real data is left as it is.",
    )
    parser.add_argument("--tickets", type=_count, default=0, metavar="N", help="so many more tickets (none)")
    given = parser.parse_args(arguments)
    preparation.prepare()
    from tawasul.config.demo import seed, stock

    try:
        made = seed.run()
    except seed.HoldsRealData:
        say("there is real data here; nothing was changed")
        return 1
    print("seeded" if made else "the example centre is here already")
    if given.tickets:
        rate = stock.grow(given.tickets, progress=True)
        print(f"{given.tickets:,} tickets more, {rate:,.0f} a second")
    return 0


def _count(typed: str) -> int:
    number = int(typed)
    if number < 1:
        raise ValueError(typed)
    return number

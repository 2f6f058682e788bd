"""``tawasul bench desk``: the desk's pages on a small stock of tickets and on a large one, side by side.

Each size has a database and a server of its own. One client asks them in turn, a few requests here and a few there, so
that a machine that is slow for a while is slow for all of them; then the ratio of two medians says what size costs.

Like is compared with like: a page of the same number of rows at each size. So a stock has as many members of staff as
tickets need (``config.demo.crowd``), and in a small one the person who asks has a larger share of tickets and mentions:
each view and filter is a full page from 1,000 tickets on, but what is due soon, which depends on the hour.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any

from tawasul.config import postgres
from tawasul.config.bench import ground
from tawasul.config.bench.load import BadAnswer, Connection

MOST_MS = 20.0
MOST_RATIO = 1.2
ALIKE = {"filter:tag", "filter:closed"}  # filters with a full page at any size
WARM_UP = 10  # requests of each page at each size that are not counted
AT_ONCE = 5  # requests before it is the other size's turn


def run(arguments: list[str]) -> int:
    """0 when every page was measured; whether the limits hold is printed and stands in the JSON."""
    parser = argparse.ArgumentParser("tawasul bench desk", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="PAGE", help="view:mine, filter, ticket … (all)")
    parser.add_argument("--tickets", default="1000,200000", metavar="N,…", help="sizes (1000,200000)")
    parser.add_argument("--requests", type=int, default=100, help="counted of each page and size (100)")
    parser.add_argument(
        "--database",
        default="",
        metavar="NAME,…",
        help="sqlite, postgresql (both, where PostgreSQL is installed)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the medians and ratios there")
    given = parser.parse_args(arguments)
    databases = given.database.split(",") if given.database else ["sqlite", "postgresql"]
    if not given.database and postgres.binaries() is None:
        print("PostgreSQL is not installed: only SQLite is measured", file=sys.stderr)
        databases = ["sqlite"]
    sizes = sorted({int(n) for n in given.tickets.split(",")})
    found = {}
    for database in databases:
        found[database] = _compare(database, sizes, given.requests, given.names)
        _print(database, found[database])
    if given.json:
        # The first database stands at the top as well: most runs are of one.
        out = {**found[databases[0]], "databases": found}
        Path(given.json).write_text(json.dumps(out, indent=1) + "\n")
    return 0


@contextmanager
def _stand(database: str, tickets: int) -> Iterator[dict[str, Any]]:
    """A server on a stock of that size: its port, the cookies of a member of staff, and the pages' addresses."""
    with ground.laid(database) as environment:
        process = subprocess.Popen(
            [sys.executable, "-m", "tawasul.config.bench.desk_stand", "--tickets", str(tickets)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin and process.stdout  # they were asked for
        try:
            for line in process.stdout:
                if line.startswith("{"):
                    stand: dict[str, Any] = json.loads(line)
                    yield stand
                    break
            else:
                raise RuntimeError(f"the server on {tickets} tickets did not start")
        finally:
            process.stdin.close()  # which ends it
            process.wait(timeout=60)
            process.stdout.close()


def _compare(database: str, sizes: list[int], requests: int, names: list[str]) -> dict[str, Any]:
    with ExitStack() as stack:
        stands = {size: stack.enter_context(_stand(database, size)) for size in sizes}
        clients = {
            size: stack.enter_context(closing(Connection(stand["port"], stand["cookies"])))
            for size, stand in stands.items()
        }
        medians: dict[int, dict[str, float]] = {size: {} for size in sizes}
        for name in stands[sizes[0]]["pages"]:
            if names and name not in names:
                continue
            paths = {size: cycle(stand["pages"][name]) for size, stand in stands.items()}
            seen: dict[int, list[float]] = {size: [] for size in sizes}
            for size in sizes:
                for path in islice(paths[size], WARM_UP):
                    _timed(clients[size], path)
            while len(seen[sizes[0]]) < requests:
                for size in sizes:
                    seen[size] += [_timed(clients[size], path) for path in islice(paths[size], AT_ONCE)]
            for size in sizes:
                medians[size][name] = round(1000 * median(seen[size]), 2)
    small, large = medians[sizes[0]], medians[sizes[-1]]
    return {
        "sizes": {str(size): pages for size, pages in medians.items()},
        "ratios": {name: round(large[name] / small[name], 3) for name in small},
        "held": {name: not _beyond(name, small[name], large[name]) for name in small},
    }


def _beyond(name: str, small: float, large: float) -> str:
    """Which limit a page does not keep; empty where it keeps them. Of the filters of ``needles`` a small stock has no
    full page to compare with: they are held to the time alone."""
    if large > MOST_MS:
        return f"beyond {MOST_MS:.0f} ms"
    alike = not name.startswith("filter:") or name in ALIKE
    return f"beyond {MOST_RATIO} of the smallest" if alike and large > MOST_RATIO * small else ""


def _timed(client: Connection, path: str) -> float:
    began = time.perf_counter()
    answer = client.request("GET", path)
    took = time.perf_counter() - began
    if answer.status != 200:
        raise BadAnswer(f"{path}: {answer.status}")
    return took


def _print(database: str, found: dict[str, Any]) -> None:
    sizes = list(found["sizes"])
    width = max(map(len, found["ratios"])) + 2
    print(f"{database:<{width}}" + "".join(f"{int(size):>12,}" for size in sizes) + f"{'ratio':>9}")
    for name, ratio in found["ratios"].items():
        times = "".join(f"{found['sizes'][size][name]:>9.2f} ms" for size in sizes)
        limit = _beyond(name, found["sizes"][sizes[0]][name], found["sizes"][sizes[-1]][name])
        print(f"{name:<{width}}{times}{ratio:>9.2f}  {limit}".rstrip())

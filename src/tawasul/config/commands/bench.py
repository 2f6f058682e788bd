"""``tawasul bench``: measure pages against a real server with two workers on loopback, with 1 and 8 clients.

Each database and size is measured in a process of its own, on a stock of its own, which is removed afterwards.
Absolute times are a machine's; compare rows of one run. So each run measures its floor, too: a bare Django page with
session, sign-in and one template on the same server; rows say how many times that they take.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tawasul.config import postgres
from tawasul.config.bench import desk, ground, live

PAGES = ("floor", "new_ticket", "new_ticket_png", "ticket", "my_tickets", "answer", "queue", "home")
MAIL = "mail"  # both ways, beside raw SMTP; see bench/mails.py
BULK = "bulk"  # a job over many tickets, and the desk meanwhile; see bench/bulk.py
NAMES = (*PAGES, MAIL, BULK)


def run(arguments: list[str]) -> int:
    """0 when everything that was asked for was measured and proved against the database."""
    if arguments[:1] == ["desk"]:
        return desk.run(arguments[1:])
    if arguments[:1] == ["live"]:
        return live.run(arguments[1:])
    parser = argparse.ArgumentParser(
        "tawasul bench",
        description=__doc__,
        epilog="tawasul bench desk --help: the desk's pages at two sizes",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)} (all)")
    parser.add_argument("--tickets", default="1000", metavar="N,…", help="sizes of the stock (1000)")
    parser.add_argument("--clients", default="1,8", metavar="N,…", help="clients side by side (1,8)")
    parser.add_argument("--seconds", type=float, default=5.0, help="counted time of each row (5)")
    parser.add_argument(
        "--database",
        default="",
        metavar="NAME,…",
        help="sqlite, postgresql (both, where PostgreSQL is installed)",
    )
    parser.add_argument("--json", metavar="FILE", help="write the rows there")
    given = parser.parse_args(arguments)
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"there is no page {unknown[0]!r}; there are {', '.join(NAMES)}")
    databases = given.database.split(",") if given.database else ["sqlite", "postgresql"]
    if not given.database and postgres.binaries() is None:
        print("PostgreSQL is not installed: only SQLite is measured", file=sys.stderr)
        databases = ["sqlite"]
    measured: list[dict[str, Any]] = []
    for database in databases:
        pages = [name for name in given.names if name in PAGES]
        sizes = [int(n) for n in given.tickets.split(",")]
        for tickets in sizes if pages or not given.names else []:
            command = ["measure", *pages, "--tickets", str(tickets), "--clients", given.clients]
            found = _measure(database, [*command, "--seconds", str(given.seconds)])
            if found is None:
                return 1
            measured.append(found)
        if MAIL in given.names or not given.names:
            found = _measure(database, ["mails"])
            if found is None:
                return 1
            measured.append(found)
        for tickets in sizes if BULK in given.names or not given.names else []:
            found = _measure(database, ["bulk", "--tickets", str(tickets)])
            if found is None:
                return 1
            measured.append(found)
    out = {
        "rows": [row for found in measured for row in found["rows"]],
        "servers": [
            {name: value for name, value in found.items() if name != "rows"}
            for found in measured
            if "memory_mb" in found
        ],
    }
    if given.json:
        Path(given.json).write_text(json.dumps(out, indent=1, ensure_ascii=False) + "\n")
    _print(out)
    return 0


def _measure(database: str, command: list[str]) -> dict[str, Any] | None:
    """What one module of the bench says, in a process, a folder and a database of its own; None where it failed."""
    with ground.laid(database) as environment:
        module, *rest = command
        done = subprocess.run(
            [sys.executable, "-m", f"tawasul.config.bench.{module}", *rest, "--label", database],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            print(f"the measurement of {database} failed: {' '.join(command)}", file=sys.stderr)
            return None
        found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
        return found


def _print(out: dict[str, Any]) -> None:
    heads = (
        "page", "database", "tickets", "clients", "p50_ms", "p95_ms", "per_second", "p50_to_floor",
        "per_second_to_floor", "server_cpu_ms", "queries", "bytes",
    )  # fmt: skip
    widths = (22, 12, 9, 8, 9, 9, 11, 13, 20, 14, 8, 9)
    print("".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True)))
    for row in out["rows"]:
        print("".join(f"{row.get(head, ''):>{width}}" for head, width in zip(heads, widths, strict=True)))
    for row in out["rows"]:
        if "per_second_to_raw" in row:
            print(f"{row['page']}, {row['database']}: {row['per_second_to_raw']} of raw SMTP")
    for server in out["servers"]:
        print(
            f"{server['database']}, {server['tickets']} tickets: "
            f"first page {server['first_page_ms']} ms after the start, "
            f"{server['memory_mb']} MB in all processes"
        )

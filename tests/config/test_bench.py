"""The bench: what its JSON holds, and that it would notice an answer that is not true."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tawasul.config.bench import desk, ground
from tawasul.config.bench.load import Answer, Connection
from tawasul.config.commands.bench import PAGES, run
from tests.migrated import copied

ROW = {"page", "tickets", "clients", "p50_ms", "p95_ms", "per_second", "queries", "bytes", "database"}


@pytest.fixture
def _tables_stand(migrated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each measurement finds its tables made; how long that takes is none of the figures."""
    laid = ground.laid

    @contextmanager
    def with_tables(database: str) -> Iterator[dict[str, str]]:
        with laid(database) as environment:
            copied(migrated, Path(environment["TAWASUL_DATA"]))
            yield environment

    monkeypatch.setattr(ground, "laid", with_tables)


@pytest.mark.network
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_tables_stand")
def test_a_measurement_holds_rows_their_floor_and_what_the_server_needs(tmp_path: Path) -> None:
    asked = ["new_ticket", "--database", "sqlite", "--tickets", "30", "--clients", "1,2", "--seconds", "0.5"]
    assert run([*asked, "--json", str(tmp_path / "out.json")]) == 0
    out = json.loads((tmp_path / "out.json").read_text())
    assert [(row["page"], row["clients"]) for row in out["rows"]] == [
        ("floor", 1),
        ("floor", 2),
        ("new_ticket", 1),
        ("new_ticket", 2),
    ]
    for row in out["rows"]:
        assert row.keys() >= ROW
        assert row["database"] == "sqlite"
        assert row["per_second"] > 0
    assert all(row["p50_to_floor"] == 1 for row in out["rows"][:2])
    assert all(row["proved"] >= row["requests"] for row in out["rows"][2:])  # each is in the database
    (server,) = out["servers"]
    assert server["first_page_ms"] > 0
    assert server["memory_mb"] > 0


@pytest.mark.network
@pytest.mark.timeout(300)
def test_mails_are_measured_both_ways_and_each_is_found_in_the_ledger(migrated: Path, tmp_path: Path) -> None:
    copied(migrated, tmp_path)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TAWASUL_")}
    environment |= {"TAWASUL_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tawasul.config.settings"}
    environment |= {"TAWASUL_LOG_LEVEL": "ERROR", "DATABASE_URL": ""}
    command = [sys.executable, "-m", "tawasul.config.bench.mails", "--label", "sqlite", "--mails", "9"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    rows = json.loads(done.stdout.splitlines()[-1])["rows"]
    assert [row["page"] for row in rows] == [
        "mail:raw smtp",
        "mail:delivered",
        "mail:received",
        "mail:handled",
    ]
    assert all(row.keys() >= ROW and row["proved"] == 9 and row["per_second"] > 0 for row in rows)
    assert rows[0]["per_second_to_raw"] == 1


@pytest.mark.network
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_tables_stand")
def test_a_job_over_many_tickets_is_measured_with_the_desk_beside_it_and_each_ticket_is_proved(
    tmp_path: Path,
) -> None:
    asked = ["bulk", "--database", "sqlite", "--tickets", "60"]
    assert run([*asked, "--json", str(tmp_path / "out.json")]) == 0
    rows = {row["page"]: row for row in json.loads((tmp_path / "out.json").read_text())["rows"]}
    assert list(rows)[:3] == ["bulk:tag", "bulk:queue before", "bulk:note before"]
    assert "bulk:queue meanwhile" in rows
    assert all(row.keys() >= ROW and row["per_second"] > 0 for row in rows.values())
    assert rows["bulk:tag"]["proved"] == 60 and 0 < rows["bulk:tag"]["queries"] < 9


@pytest.mark.network
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("_tables_stand")
def test_the_desk_is_measured_at_two_sizes_side_by_side_with_every_view_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from tawasul.desk.shelves import SHELVES

    monkeypatch.setattr(desk, "WARM_UP", 1)
    monkeypatch.setattr(desk, "AT_ONCE", 1)
    asked = ["desk", "--database", "sqlite", "--requests", "2", "--tickets", "60,30"]
    assert run([*asked, "--json", str(tmp_path / "out.json")]) == 0
    printed = capsys.readouterr().out
    out = json.loads((tmp_path / "out.json").read_text())
    assert list(out["sizes"]) == ["30", "60"]
    for name in [*(f"view:{view}" for view in SHELVES), "filter", "ticket"]:
        assert out["sizes"]["30"][name] > 0
        assert out["ratios"][name] == pytest.approx(
            out["sizes"]["60"][name] / out["sizes"]["30"][name], abs=0.01
        )
        assert name in printed
    assert out["databases"]["sqlite"]["ratios"] == out["ratios"]


def test_a_page_nobody_knows_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(["nonsense"])
    assert ended.value.code == 2
    assert "nonsense" in capsys.readouterr().err


def test_every_scene_can_be_asked_for_by_name() -> None:
    from tawasul.config.bench.scenes import SCENES

    assert {scene.name for scene in SCENES} == set(PAGES)


def test_a_client_keeps_the_cookies_that_are_for_the_whole_site() -> None:
    connection = Connection(1, "a=1; b=2")
    assert b"Cookie: a=1; b=2\r\n" in connection._head("GET", "/", "")
    connection._keep_cookies(
        b"HTTP/1.1 200 OK\r\nset-cookie: b=3; HttpOnly; Path=/; SameSite=Lax\r\nset-cookie: c=4; Path=/elsewhere/"
    )
    assert b"Cookie: a=1; b=3\r\n" in connection._head("GET", "/", "")


def test_a_header_is_found_by_its_name() -> None:
    answer = Answer(303, b"HTTP/1.1 303 See Other\r\nx-location: /no/\r\nlocation: /yes/", b"")
    assert answer.header(b"location") == b"/yes/"
    assert answer.header(b"content-length") == b""

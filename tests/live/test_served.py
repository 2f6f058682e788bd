"""Two production servers over one SQLite file: what is written through one is heard at the other."""

import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.config.test_serve import Server, environment, started
from tests.migrated import copied

pytestmark = [pytest.mark.network, pytest.mark.timeout(180)]

PEOPLE = """
import django, json
django.setup()
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from tawasul.accounts.models import Person
from tawasul.tickets import actions
from tawasul.tickets.models import Service
from tawasul.tickets.writers import Writer
people = [Person.objects.create_user(n, n + "@example.com.sa", "x", full_name=n, is_staff=n != "noura")
          for n in ("fahd", "sara", "noura")]
service = Service.objects.first() or Service.objects.create(code="s", name_ar="s", name_en="s")
ticket = actions.open_ticket(by=Writer.of(people[2]), purpose="technical", service=service, subject="s", text="t",
    wanted="w", terms=None, language="ar")
sessions = []
for person in people[:2]:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store.update({SESSION_KEY: str(person.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash()})
    store.save()
    sessions.append(store.session_key)
print(json.dumps({"sessions": sessions, "ticket": ticket.spoken_number}))
"""
CSRF = "c" * 32


@pytest.fixture
def data(migrated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    real = environment

    def without_second_step(folder: Path) -> dict[str, str]:
        return {**real(folder), "TAWASUL_STAFF_NEED_TWO_STEPS": "false"}

    monkeypatch.setattr("tests.config.test_serve.environment", without_second_step)
    return copied(migrated, tmp_path)


def _line(server: Server) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)


def lines_of(answer: http.client.HTTPResponse) -> Iterator[str]:
    while line := answer.readline().decode():
        yield line.rstrip("\n")


def listen(line: http.client.HTTPConnection, session: str, query: str = "") -> http.client.HTTPResponse:
    line.request(
        "GET", f"/ar/desk/live/{query}", headers={"Host": "localhost", "Cookie": f"tawasul_session={session}"}
    )
    return line.getresponse()


def post(server: Server, session: str, path: str, **fields: str) -> int:
    cookies = f"tawasul_session={session}; tawasul_csrf={CSRF}"
    sent = urlencode({**fields, "csrfmiddlewaretoken": CSRF})
    head = {"Host": "localhost", "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(_line(server)) as line:
        line.request("POST", path, sent, head)
        return line.getresponse().status


def next_of(lines: Iterator[str], name: str) -> Any:
    for line in lines:
        if line == f"event: {name}":
            return json.loads(next(lines).removeprefix("data: "))
    raise EOFError


def test_what_one_server_writes_the_other_tells_and_both_stop_at_once(data: Path) -> None:
    with started(data) as a, started(data) as b, closing(_line(b)) as line:
        made = subprocess.run(
            [sys.executable, "-c", PEOPLE],
            env={**environment(data), "DJANGO_SETTINGS_MODULE": "tawasul.config.settings"},
            capture_output=True,
            text=True,
            check=True,
        )
        told = json.loads(made.stdout.strip().splitlines()[-1])
        (fahd, sara), number = told["sessions"], told["ticket"]
        place = f"/ar/desk/tickets/{number}"
        answer = listen(line, fahd, f"?ticket={number}")
        assert answer.status == 200
        lines = lines_of(answer)
        next_of(lines, "hello")

        began = time.monotonic()
        assert post(a, sara, f"{place}/assignee/", assignee="me") == 302
        heard = next_of(lines, "news")
        assert (heard["kind"], heard["name"], heard["ticket"]) == ("taken", "sara", number.replace("-", ""))
        assert time.monotonic() - began < 2

        began = time.monotonic()
        assert post(a, sara, f"{place}/visits/", doing="answering") == 204
        assert [one["doing"] for one in next_of(lines, "here")] == ["answering"]
        assert time.monotonic() - began < 2

        began = time.monotonic()
        b.process.terminate()
        with pytest.raises(EOFError):
            next_of(lines, "news")
        assert b.process.wait(30) == 0
        assert time.monotonic() - began < 10  # an open stream holds nothing up

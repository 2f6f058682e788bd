"""Whatever a stranger sends, the answer is a page of ours that says no: never an error, never somebody else's data."""

import re
from collections.abc import Collection, Iterable
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve
from django.utils import translation

from tawasul.ui.views.errors import explain
from tests.matrix.stage import TOKEN, Stage, patterns, worth_trying
from tests.portal.forms import body
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

JUNK = {
    "nul": "\0",
    "nul inside": "a\0b",
    "long": "x" * 6000,
    "bidi": "\u202egpj.exe\u2066\u200f",
    "huge": "9" * 5000,
    "big": "9223372036854775808",
    "negative": "-1",
    "float": "1e309",
    "markup": "'\"><script>alert(1)</script>{{7*7}}",
    "path": "../../../etc/passwd",
    "format": "%s%n{0}%(a)s",
    "lines": "a\r\nSet-Cookie: x=y\r\n\r\n",
    "noncharacter": "\uffff\ufdd0\U0010ffff",
    "elsewhere": "//evil.example/",
    "slashes": "\\\\evil.example",
}
RAW = ["%ff", "%ed%a0%80", "%c0%ae%c0%ae", "%00", "%", "%zz", "%f0%9f"]
ASKED = [
    "q",
    "turn",
    "after",
    "before",
    "draft",
    "follows",
    "fresh",
    "domain",
    "version",
    "size",
    "next",
    "to",
    "view",
    "compose",
    "again",
    "kind",
    "ticket",
    "consents",
    "back",
    "p",
    "o",
    "e",
    "all",
    "_popup",
    "_to_field",
    "_changelist_filters",
    "object_id",
    "app_label",
    "model_name",
    "field_name",
    "term",
    "is_staff__exact",
    "two_steps",
]
SENT = [
    "login",
    "password",
    "email",
    "username",
    "password1",
    "password2",
    "full_name",
    "mobile",
    "organisation",
    "position",
    "country",
    "city",
    "address_line",
    "language",
    "terms",
    "terms_version",
    "code",
    "mobile_code",
    "purpose",
    "service",
    "domain",
    "request_number",
    "subject",
    "problem",
    "wanted",
    "text",
    "comment",
    "follows",
    "draft",
    "kept",
    "files",
    "name",
    "website",
    "number",
    "assignee",
    "reason",
    "party",
    "seen",
    "back",
    "kind",
    "ticket",
    "time_zone",
    "credential",
    "action",
    "session",
    "oldpassword",
    "next",
    "name_ar",
    "name_en",
    "is_active",
    "is_staff",
    "is_superuser",
    "text_ar",
    "text_en",
    "published_at",
    "opens",
    "closes",
    "first",
    "last",
    "weekday",
    "position",
    "team",
    "select_across",
    "_selected_action",
    "index",
    "members",
    "phone",
]
# Addresses by whom they answer; the others are asked by a stranger.
ASKER = {"desk": "admin", "admin": "admin", "portal": "owner"}


# What PostgreSQL and SQLite may take differently; the rest is refused before either is asked.
KEPT_DIFFERENTLY = {"nul", "nul inside", "long", "huge", "big", "negative", "noncharacter", "%ff", "%00"}


def _where_it_differs(cases: Iterable[Any], kept: Collection[Any]) -> list[Any]:
    """All of these cases, of which only some are worth a second run on another database."""
    return [case if case in kept else pytest.param(case, marks=pytest.mark.same_everywhere) for case in cases]


def _asker(name: str) -> str:
    if name.startswith(("portal:guest", "portal:contact", "account_reset", "account_login", "mfa_login")):
        return "stranger"
    if name.startswith("portal:activ") or name in {"portal:account_request", "portal:password_strength"}:
        return "stranger"
    return ASKER.get(name.split(":")[0], "owner")


def _judge(answer: Any, name: str, wrong: list[str]) -> None:
    if answer.streaming:
        body(answer)
    elsewhere = answer.headers.get("Location", "")
    if (answer.status_code >= 500 and not name.endswith("readyz")) or re.match(
        r"(?:https?:)?[/\\]{2}", elsewhere
    ):
        wrong.append(f"{name}: {answer.status_code} {elsewhere}")
    if not answer.streaming and b"<script>alert(1)" in answer.content:
        wrong.append(f"{name}: a script of the sender's is in the page")


def _mixed(names: list[str], turn: int) -> dict[str, str]:
    """A kind of junk for each name; in five turns each gets five kinds, and other neighbours' kinds beside it."""
    kinds = list(JUNK.values())
    return {name: kinds[(3 * turn + place) % len(kinds)] for place, name in enumerate(names)}


@pytest.mark.parametrize("turn", _where_it_differs(range(5), {0, 1}))
def test_junk_in_every_parameter_and_every_field_is_no_error(stage: Stage, turn: int) -> None:
    wrong: list[str] = []
    for place, name in enumerate(filter(worth_trying, patterns())):  # which five, differs by address
        address = stage.address(name, "en")
        with stage.browser(_asker(name), raise_request_exception=False) as browser:
            _judge(
                browser.get(address, _mixed(ASKED[place % 3 :] + ASKED[: place % 3], turn)),
                f"GET {name}",
                wrong,
            )
        with stage.browser(_asker(name), raise_request_exception=False) as browser:
            sent = _mixed(SENT[place % 3 :] + SENT[: place % 3], turn)
            if name.startswith(("portal:draft", "portal:contact")):
                sent["kind"] = "ticket"
            _judge(browser.post(address, sent), f"POST {name}", wrong)
    assert not wrong


def _is_taken(address: str) -> bool:
    """Whether a view is asked for it."""
    try:
        resolve(unquote(address, errors="replace"))
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("kind", _where_it_differs([*JUNK, *RAW], KEPT_DIFFERENTLY))
def test_junk_in_an_address_is_no_error(stage: Stage, kind: str) -> None:
    """Each address gets a third of the kinds, its neighbours others. Where no pattern takes the junk, the same page of
    ours says so for all: some of those are asked, not each."""
    wrong: list[str] = []
    junk = quote(JUNK[kind], safe="") if kind in JUNK else kind
    taken_by_none, turn = 0, [*JUNK, *RAW].index(kind)
    for place, (name, words) in enumerate(patterns().items()):
        if not words[0] or (place + turn) % 3:
            continue
        address = stage.address(name, "en")
        for good in {str(word) for word in stage.words_of(name).values()}:
            if f"/{good}" in address:
                spoiled = address.replace(f"/{good}", f"/{junk}", 1)
                if not _is_taken(spoiled):
                    taken_by_none += 1
                    if taken_by_none % 10 != 1:
                        continue
                with stage.browser(_asker(name), raise_request_exception=False) as browser:
                    for method in ("GET", "POST"):
                        answer = browser.generic(
                            method, spoiled + ("?kind=ticket" if "draft" in name else "")
                        )
                        _judge(answer, f"{method} {name} {spoiled[:80]}", wrong)
    assert not wrong


MULTIPART = "multipart/form-data; boundary=x"
BODIES = {
    "no boundary": (b"--x", "multipart/form-data"),
    "cut off": (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n\x89PNG',
        MULTIPART,
    ),
    "no end of headers": (b"--x\r\nContent-Disposition", MULTIPART),
    "odd encoding": (
        b'--x\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--',
        MULTIPART,
    ),
    "odd charset": (b"text=%ff%fe", "application/x-www-form-urlencoded; charset=utf-7"),
    "unknown charset": (b"text=a", "application/x-www-form-urlencoded; charset=klingon"),
    "invalid utf-8": (b"text=%ff%fe&subject=\xff\xfe&draft=\xff", "application/x-www-form-urlencoded"),
    "json": (b'{"text": "a"}', "application/json"),
    "xml": (b"<?xml version='1.0'?><a/>", "text/xml"),
    "nothing declared": (b"text=a", ""),
    "a thousand fields": (
        "&".join(f"text{n}=a" for n in range(1000)).encode(),
        "application/x-www-form-urlencoded",
    ),
    "three megabytes": (b"text=" + b"a" * 3 * 2**20, "application/x-www-form-urlencoded"),
    "name with a nul": (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="a\0.png"\r\n\r\nabc\r\n--x--\r\n',
        MULTIPART,
    ),
    "name that is a path": (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../etc/passwd"\r\n\r\nabc\r\n--x--\r\n',
        MULTIPART,
    ),
}


@pytest.mark.parametrize(
    "kind", _where_it_differs(BODIES, {"invalid utf-8", "name with a nul", "a thousand fields"})
)
def test_a_body_that_is_no_form_is_no_error(stage: Stage, kind: str) -> None:
    """Each address gets five of the kinds, its neighbours others."""
    wrong: list[str] = []
    content, media_type = BODIES[kind]
    turn = list(BODIES).index(kind)
    ours = [n for n in patterns() if not n.startswith("admin:") or n == "admin:tickets_service_add"]
    for place, name in enumerate(ours):
        if (place + turn) % 3 and not name.startswith(("portal:contact", "portal:draft")):
            continue
        address = stage.address(name, "en") + ("?kind=ticket" if name.startswith("portal:draft") else "")
        with stage.browser(_asker(name), raise_request_exception=False) as browser:
            _judge(browser.generic("POST", address, content, media_type), name, wrong)
    assert not wrong


@pytest.mark.same_everywhere
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_wrong_method_gets_a_page_in_the_language(stage: Stage, language: str) -> None:
    methods = ("PUT", "DELETE", "PATCH", "TRACE", "BREW")
    for place, name in enumerate(patterns()):
        if name.startswith(("admin:", "unnamed")) or name in {"healthz", "readyz"}:
            continue
        for method in {"BREW", methods[place % len(methods)]} if language == "ar" else ("BREW",):
            with stage.browser(_asker(name)) as browser:
                answer = browser.generic(method, stage.address(name, language))
                assert answer.status_code in {200, 302, 403, 404, 405, 410}, (
                    name,
                    method,
                    answer.status_code,
                )
                if answer.status_code == 405 and stage.address(name, language).startswith(f"/{language}/"):
                    with translation.override(language):
                        assert explain(405).title in answer.content.decode(), (name, method)


# A mail program posts there by itself (RFC 8058); the token in the address is all that it has.
ONE_CLICK = {"portal:notices"}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("language", "origin"), [("ar", ""), ("en", ""), ("en", "https://evil.example"), ("ar", "null")]
)
def test_a_post_without_its_token_or_from_elsewhere_gets_a_403_page(
    stage: Stage, language: str, origin: str
) -> None:
    """With ``origin`` the token is right, and still nothing is done."""
    for name in set(patterns()) - ONE_CLICK:
        address = stage.address(name, language)
        with stage.browser(_asker(name), enforce_csrf_checks=True) as browser:
            sent, headers = {}, {}
            if origin:
                sent["csrfmiddlewaretoken"] = browser.get("/ar/contact/").cookies["tawasul_csrf"].value
                headers["Origin"] = origin
            answer = browser.post(address, sent, headers=headers)
            assert answer.status_code == 403, (name, answer.status_code)
            if address.startswith(f"/{language}/"):
                assert f'<html lang="{language}"' in answer.content.decode(), name


@pytest.mark.same_everywhere
def test_an_unknown_host_gets_a_page_and_nothing_else(stage: Stage) -> None:
    hosts = ("evil.example", "a b", "[::1", "localhost:80:80", " ", "localhost@evil.example")
    for place, name in enumerate(patterns()):
        for host in hosts if place < 5 else (hosts[place % len(hosts)],):  # judged before the address is read
            with stage.browser(_asker(name), raise_request_exception=False) as browser:
                answer = browser.get(stage.address(name, "en"), headers={"Host": host})
                assert answer.status_code == 400, (name, host, answer.status_code)
                assert "evil.example" not in answer.content.decode()


CSRF = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')


def _same_but_for(answer: Any, address: str) -> str:
    """A page without what differs by nature: its own address and the form's token."""
    page = CSRF.sub("", answer.content.decode())
    for form in (
        address,
        quote(address, safe=""),
        quote(address),
        quote(quote(address)),
        address.replace("/ar/", "/en/"),
    ):
        page = page.replace(form, "HERE")
    return re.sub(r"/language/\?[^\"]*", "", page)


@pytest.mark.parametrize("role", ["other", "guest"])
def test_what_is_anothers_answers_as_what_does_not_exist(stage: Stage, role: str) -> None:
    """Ticket, receipt, file, draft: the same status, headers and words for another's, an unknown and a mistyped one."""
    nobody = "00000000-0000-4000-8000-000000000000"
    pairs = [
        (f"files/{stage.file.pk}/", f"files/{nobody}/"),
        (f"files/{stage.file.pk}/original/", f"files/{nobody}/original/"),
        (f"files/{stage.draft_file.pk}/original/", f"files/{nobody}/original/"),
        (f"files/{stage.file.pk}/thumb.webp", f"files/{nobody}/thumb.webp"),
        (f"files/{stage.file.pk}/pages/1.webp", f"files/{nobody}/pages/1.webp"),
        (f"tickets/new/?draft={stage.draft.key}", f"tickets/new/?draft={nobody}"),
    ]
    number, unknown, mistyped = stage.ticket.spoken_number, "0000-0000", "1234-5678"
    if role == "other":
        pairs += [(f"tickets/{number}/{rest}", f"tickets/{unknown}/{rest}") for rest in ("", "receipt/")]
        pairs += [(f"tickets/{number}/", f"tickets/{mistyped}/")]
        pairs += [(f"desk/tickets/{number}/", f"desk/tickets/{unknown}/")]
        posts = [f"tickets/{{}}/{rest}/" for rest in ("follow-ups", "closure", "reopening")]
    else:
        pairs.pop()  # a stranger is asked to sign in first
        posts = []
    changes = [(path.format(number), path.format(unknown)) for path in posts]
    changes += [  # not beginning one: under a key that is nobody's anybody may
        (f"drafts/{stage.draft.key}/{rest}?kind=direct", f"drafts/{nobody}/{rest}?kind=direct")
        for rest in ("removal/", f"files/{stage.draft_file.pk}/removal/")
    ]
    for method, tried in (("GET", pairs), ("POST", changes)):
        for theirs, nothing in tried:
            answers = []
            for path in (theirs, nothing):
                with stage.browser(role) as browser:
                    answer = browser.generic(method, f"/ar/{path}")
                    assert answer.status_code == 404, (method, path, answer.status_code)
                    headers = {k: v for k, v in answer.headers.items() if k not in {"Content-Length"}}
                    answers.append((_same_but_for(answer, f"/ar/{path}"), headers))
            assert answers[0] == answers[1], (method, theirs)


def test_an_unknown_personal_link_says_nothing_of_any_ticket(stage: Stage) -> None:
    for rest in ("", "receipt/"):
        answer = Client().get(f"/ar/follow/{TOKEN}/{rest}")
        assert answer.status_code == 404
        assert stage.guest_ticket.spoken_number not in answer.content.decode()


def test_a_session_is_renewed_at_sign_in_and_ends_at_sign_out(stage: Stage) -> None:
    browser = Client()
    browser.get(f"/ar/follow/{stage.guest_token}/")
    before = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.post("/ar/account/login/", {"login": "khalid", "password": PASSWORD})
    after = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert after != before
    browser.post("/ar/account/logout/")
    old = Client()
    for kept in (before, after):
        old.cookies[settings.SESSION_COOKIE_NAME] = kept
        assert old.get("/ar/tickets/").status_code == 302


@pytest.mark.parametrize(
    "target", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_no_address_leads_elsewhere(stage: Stage, target: str) -> None:
    asked = [
        Client().get("/language/", {"to": "en", "next": target}),
        Client().get("/theme/", {"to": "dark", "next": target}),
        Client().post("/ar/account/login/?next=" + quote(target), {"login": "khalid", "password": PASSWORD}),
        Client().post("/ar/account/login/", {"login": "khalid", "password": PASSWORD, "next": target}),
    ]
    with stage.browser("owner") as browser:
        asked.append(browser.post(f"/ar/drafts/{stage.draft.key}/files/?kind=ticket", {"back": target}))
        asked.append(browser.post("/ar/account/logout/", {"next": target}))
    for answer in asked:
        assert answer.status_code in {302, 303}
        assert re.match(r"/(?![/\\])", answer.headers["Location"]), answer.headers["Location"]

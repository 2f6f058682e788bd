"""The stage of the matrix: every address that the resolver knows, one object of each kind, and who knocks."""

import copy
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from http.cookies import SimpleCookie
from typing import Any

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import translation

from tawasul.accounts import actions as account_actions
from tawasul.accounts.models import Absence, AccountRequest, Person
from tawasul.accounts.requests import Answers
from tawasul.attachments.models import StoredFile
from tawasul.core import clock
from tawasul.desk.admin.site import site
from tawasul.mail.actions import send
from tawasul.mail.models import MailTemplate
from tawasul.replies.models import CannedReply
from tawasul.tickets import direct, drafts
from tawasul.tickets.drafts import Whose
from tawasul.tickets.models import Draft, Field, Participant, Tag, Ticket
from tawasul.tickets.writers import Writer
from tests.desk.mails import failed, held_by_door
from tests.portal.forms import body, png
from tests.world import PASSWORD, OpenATicket, signed_in

ROLES = ("stranger", "guest", "owner", "other", "staff", "one_step", "admin")
TOKEN = "t" * 43  # of nobody
ANSWERS = Answers(
    username="huda",
    email="huda@example.com.sa",
    full_name="هدى السبيعي",
    position="",
    organisation="",
    country="SA",
    city="الرياض",
    address_line="7845",
    mobile="+966512345670",
    language="ar",
)


@cache
def patterns() -> dict[str, list[frozenset[str]]]:
    """Every pattern of the resolver, by its name with its namespaces, else by its route; and the words it takes."""
    found: dict[str, list[frozenset[str]]] = {}
    for name, words in _walk(get_resolver().url_patterns, ()):
        found.setdefault(name, []).append(words)
    return found


def _walk(listed: Any, spaces: tuple[str, ...]) -> Iterator[tuple[str, frozenset[str]]]:
    for pattern in listed:
        if isinstance(pattern, URLResolver):
            yield from _walk(
                pattern.url_patterns, (*spaces, pattern.namespace) if pattern.namespace else spaces
            )
        elif isinstance(pattern, URLPattern):
            name = ":".join((*spaces, pattern.name)) if pattern.name else f"unnamed {pattern.pattern}"
            yield name, frozenset(pattern.pattern.regex.groupindex)


UNNAMED = {
    "unnamed desk/": "/desk/",
    "unnamed <path:object_id>/": "/{language}/admin/accounts/team/1/",
    "unnamed (?P<url>.*)$": "/{language}/admin/no/such/page/",
}


def worth_trying(name: str) -> bool:
    """Of the administration's tables, one of each make: they share Django's code, and their pages are slow."""
    table = name.removeprefix("admin:")
    return table == name or table.startswith(("tickets_service", "accounts_", "admin_")) or "_" not in table


@dataclass
class Stage:
    """What stands in the database, and the words that addresses are made of."""

    owner: Person
    other: Person
    staff: Person
    admin: Person
    ticket: Ticket
    guest_ticket: Ticket
    guest_token: str
    file: StoredFile
    draft: Draft
    draft_file: StoredFile
    request: AccountRequest
    rows: dict[str, Any]  # a key in each table of the administration, by app and model
    incoming: int = 0  # a mail held beside the ticket
    reply: int = 0  # everyone's
    outgoing: int = 0  # a mail about it that was not sent
    _held: dict[str, SimpleCookie] = field(default_factory=dict)  # by role
    _handler: ClientHandler = field(default_factory=ClientHandler)  # its middleware is put together once

    def address(self, name: str, language: str, **instead: Any) -> str:
        """The path of a pattern for this stage's objects; ``instead`` replaces some of them."""
        if name in UNNAMED:
            return UNNAMED[name].format(language=language)
        given = {**self.words_of(name), **instead}
        with translation.override(language):
            return reverse(name, kwargs={word: given[word] for word in patterns()[name][0]})

    def words_of(self, name: str) -> dict[str, Any]:
        words: dict[str, Any] = {
            "number": self.ticket.spoken_number,
            "key": self.draft.key,
            "file": self.file.pk,
            "token": TOKEN,
            "kind": "answer",
            "pk": 1,
            "letter": 1,
            "link": 1,
            "uidb36": "1",
            "name": "nothing",
            "slug": "nothing",
            "content_type_id": 1,
            "object_id": 1,
            "app_label": "tickets",
        }
        match name.split(":"):
            case ["portal", "file_page"]:
                words["number"] = 1
            case ["portal", "draft_file_removal"]:
                words["file"] = self.draft_file.pk
            case ["portal", page] if page.startswith("guest_"):
                words["token"] = self.guest_token
            case ["portal", page] if page.startswith("activ"):
                words["key"] = self.request.key
            case ["account_reset_password_from_key"]:
                words["key"] = "abc-def"
            case ["desk", page] if page.startswith("ready_"):
                words["kind"], words["pk"] = "replies", self.reply
            case ["desk", page] if page.startswith("absence_"):
                words["pk"] = self._absence()
            case ["desk", "participant_removal"]:
                words["pk"] = self._participant()
            case ["desk", page] if page.startswith("mail_"):
                words["pk"] = self.incoming if page.startswith("mail_in") else self.outgoing
            case ["desk", page] if page.startswith("settings_"):
                words["noun"], words["pk"] = self._setting_of(page)
            case ["admin", page]:
                table = page.rpartition("_")[0]
                words["object_id"] = self.rows.get(table, 1)
        return words

    def _absence(self) -> int:
        """The key of an absence of the member of staff that runs."""
        now = clock.now()
        times = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
        return Absence.objects.get_or_create(person=self.staff, defaults=times)[0].pk

    def _participant(self) -> int:
        """The key of somebody who takes part in the ticket."""
        given = {"name": "سالم", "email": "salem@example.com"}
        return Participant.objects.get_or_create(ticket=self.ticket, **given)[0].pk

    def _setting_of(self, page: str) -> tuple[str, int]:
        """The noun and the key that an address of the settings is tried with: each does what its address is for."""
        match page:
            case "settings_merging":
                return "tags", Tag.objects.get_or_create(name_ar="وسم", name_en="tag")[0].pk
            case "settings_field":
                named = {"kind": "text", "name_ar": "حقل", "name_en": "field"}
                return "fields", Field.objects.get_or_create(key="field", defaults=named)[0].pk
            case "settings_role" | "settings_capacity":
                return "people", self.staff.pk
        return "services", self.ticket.service_id

    def ask(self, role: str, method: str, name: str, language: str) -> int:
        """The status of one cell of the matrix. A draft's addresses are told what kind of draft is meant."""
        query = "?kind=ticket" if name.startswith("portal:draft") else ""
        with self.browser(role) as browser:
            answer = browser.generic(method, self.address(name, language) + query)
            if answer.streaming:
                body(answer)
            return int(answer.status_code)

    def _people(self) -> dict[str, Person]:
        return {
            "owner": self.owner,
            "other": self.other,
            "staff": self.staff,
            "one_step": self.staff,
            "admin": self.admin,
        }

    @contextmanager
    def browser(self, role: str, **options: Any) -> Iterator[Client]:
        """A fresh browser of this role; whatever it does is undone afterwards."""
        cookies = self._cookies(role)
        with transaction.atomic():
            client = Client()
            client.handler = self._handler
            client.cookies = copy.deepcopy(cookies)
            if role == "one_step":
                Authenticator.objects.filter(user=self.staff).delete()
            client.handler.enforce_csrf_checks = options.get("enforce_csrf_checks", False)
            client.raise_request_exception = options.get("raise_request_exception", True)
            yield client
            transaction.set_rollback(True)

    def _cookies(self, role: str) -> SimpleCookie:
        """What a browser of this role holds: it signs in once, outside of what is undone."""
        if role not in self._held:
            person = self._people().get(role)
            client = signed_in(person) if person else Client()
            if role == "guest":
                client.get(f"/ar/follow/{self.guest_token}/")
            if person:
                _reauthenticate(client, person)
            self._held[role] = client.cookies
        return self._held[role]


def _reauthenticate(client: Client, person: Person) -> None:
    """As if the password had been given a moment ago, so that delicate pages do not ask for it first."""
    session = client.session
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": time.time(), "reauthenticated": True}
    ]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(person.pk)
    session.save()


@pytest.fixture
def stage(
    settings: Any,
    noura: Person,
    khalid: Person,
    fahd: Person,
    lama: Person,
    open_a_ticket: OpenATicket,
    terms: Any,
    team: Any,
    service: Any,
) -> Stage:
    """Noura's ticket with a file, her draft with a file, a ticket without an account, a request for an account."""
    settings.STAFF_NEED_TWO_STEPS = True
    for person in (fahd, lama):
        Authenticator.objects.create(
            user=person, type=Authenticator.Type.TOTP, data={"secret": "JBSWY3DPEHPK3PXP"}
        )
    first, file = _draft_with_file(noura)
    ticket = open_a_ticket(draft=first)
    draft, draft_file = _draft_with_file(noura)
    guest_ticket = open_a_ticket(by=Writer(None, "Guest", "guest@example.com"))
    asked = account_actions.request_account(ANSWERS, password=PASSWORD, terms=terms, post=send)
    MailTemplate.objects.create(kind="answer", language="ar", body="نص المركز")
    rows = {
        model._meta.label_lower.replace(".", "_"): model._default_manager.first() for model in site._registry
    }
    return Stage(
        owner=noura,
        other=khalid,
        staff=fahd,
        admin=lama,
        ticket=ticket,
        guest_ticket=guest_ticket,
        guest_token=direct.new_link(guest_ticket),
        file=file,
        draft=draft,
        draft_file=draft_file,
        request=asked,
        rows={name: row.pk for name, row in rows.items() if row is not None},
        incoming=held_by_door(ticket=ticket, html="<p>x</p>").pk,
        reply=CannedReply.objects.create(name_ar="رد", text_ar="نص", scope="everyone", owner=lama).pk,
        outgoing=failed(ticket=ticket).pk,
    )


def _draft_with_file(person: Person) -> tuple[Draft, StoredFile]:
    draft = drafts.keep(uuid.uuid4(), Whose(person), Draft.Kind.TICKET, fields={})
    assert draft is not None
    file = drafts.add_files(draft, [png()], by=person)[0]
    assert isinstance(file, StoredFile)
    return draft, file

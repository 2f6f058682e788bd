"""What is measured: each scene makes one request a turn, checks the answer, and proves it against the database."""

import re
import secrets
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import cycle
from urllib.parse import urlencode

from tawasul.config.bench.load import BadAnswer, Connection
from tawasul.config.bench.stage import Stage
from tawasul.tickets.models import Attachment, Message, Ticket

FORM = "application/x-www-form-urlencoded"
KEY = b"00000000-0000-4000-8000-000000000000"  # of a prepared form; each sending has its own
BOUNDARY = secrets.token_hex(16)
_HIDDEN = re.compile(rb'<input[^>]*type="hidden"[^>]*>')
_ATTRIBUTE = re.compile(rb'(name|value)="([^"]*)"')


class Scene(ABC):
    """One page as clients use it. ``turn`` is one counted request; ``prove`` compares with the database."""

    name = ""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    @abstractmethod
    def turn(self, client: int, connection: Connection) -> None:
        """One request. Raises BadAnswer."""

    def before(self, client: int, connection: Connection) -> None:  # noqa: B027 - most scenes need none
        """What a client does once, uncounted."""

    def cookies(self, client: int) -> str:
        """Who is signed in at that client."""
        return self.stage.customer_cookies(client)

    def prove(self) -> int:
        """How many requests the database confirms. Raises BadAnswer where it does not."""
        return 0


def _hidden_fields(body: bytes) -> dict[str, str]:
    fields = {}
    for tag in _HIDDEN.findall(body):
        attributes = dict(_ATTRIBUTE.findall(tag))
        fields[attributes.get(b"name", b"").decode()] = attributes.get(b"value", b"").decode()
    return fields


def _expect(answer_status: int, expected: tuple[int, ...], body: bytes) -> None:
    if answer_status not in expected:
        raise BadAnswer(f"{answer_status}: {body[:2000].decode(errors='replace')}")


def _with_a_key(body: bytes) -> bytes:
    return body.replace(KEY, str(uuid.uuid4()).encode(), 1)


class NewTicket(Scene):
    """The new-ticket form, sent with session and CSRF token; each sending is a form of its own."""

    name = "new_ticket"
    path = "/ar/tickets/new/"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.hidden: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytes] = {}
        self.made: list[str] = []

    def before(self, client: int, connection: Connection) -> None:
        answer = connection.request("GET", self.path)
        _expect(answer.status, (200,), answer.body)
        self.hidden[client] = _hidden_fields(answer.body)
        self.bodies[client] = self.body(client)

    def body(self, client: int) -> bytes:
        """The form as it is sent but for its key, which ``_with_a_key`` puts in."""
        return urlencode(self.fields(client)).encode()

    def fields(self, client: int) -> dict[str, str]:
        return {
            **self.hidden[client],
            "draft": KEY.decode(),
            "purpose": "technical",
            "service": self.stage.service,
            "domain": "مثال-تجريبي.السعودية",
            "request_number": "",
            "subject": "تعذّر تعديل خوادم الأسماء بعد نقل الاستضافة",
            "problem": "نقلنا استضافة موقعنا إلى مزوّد جديد، فظهرت رسالة «تعذّر التحقق من خادم الأسماء».",
            "wanted": "أرجو حفظ الخادمين الجديدين.",
            "terms": "on",
        }

    def send(self, client: int, connection: Connection) -> bytes:
        answer = connection.request("POST", self.path, _with_a_key(self.bodies[client]), FORM)
        _expect(answer.status, (302, 303), answer.body)
        return answer.header(b"location")

    def turn(self, client: int, connection: Connection) -> None:
        self.made.append(self.send(client, connection).decode())

    def prove(self) -> int:
        numbers = {re.sub(r"\D", "", path.split("/tickets/")[1].split("/")[0]) for path in self.made}
        found = 0
        ordered = sorted(numbers)
        for start in range(0, len(ordered), 500):
            found += Ticket.objects.filter(number__in=ordered[start : start + 500], message_count=1).count()
        if not (len(numbers) == len(self.made) == found):
            raise BadAnswer(
                f"{len(self.made)} answers, {len(numbers)} numbers, {found} tickets in the database"
            )
        return found


class NewTicketWithPicture(NewTicket):
    """The same form with a picture of 200 kB in it."""

    name = "new_ticket_png"

    def body(self, client: int) -> bytes:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in self.fields(client).items()
        ]
        parts.append(
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="files"; filename="screen.png"\r\n'
            "Content-Type: image/png\r\n\r\n".encode()
        )
        return b"".join([*parts, self.stage.picture, f"\r\n--{BOUNDARY}--\r\n".encode()])

    def send(self, client: int, connection: Connection) -> bytes:
        body = _with_a_key(self.bodies[client])
        answer = connection.request("POST", self.path, body, f"multipart/form-data; boundary={BOUNDARY}")
        _expect(answer.status, (302, 303), answer.body)
        return answer.header(b"location")

    def prove(self) -> int:
        found = super().prove()
        numbers = [re.sub(r"\D", "", path.split("/tickets/")[1].split("/")[0]) for path in self.made]
        files = 0
        for start in range(0, len(numbers), 500):
            some = numbers[start : start + 500]
            files += Attachment.objects.filter(
                message__ticket__number__in=some, file__size=len(self.stage.picture)
            ).count()
        if files != found:
            raise BadAnswer(f"{found} tickets, {files} files")
        return found


class Page(Scene):
    """A page that is only read."""

    path = ""
    marker = b""
    count = 1

    def turn(self, client: int, connection: Connection) -> None:
        answer = connection.request("GET", self.path)
        _expect(answer.status, (200,), answer.body)
        if answer.body.count(self.marker) < self.count:
            raise BadAnswer(
                f"{self.path} shows {answer.body.count(self.marker)} of {self.count} {self.marker!r}"
            )


class Floor(Page):
    """The machine's floor: a bare Django view with session, sign-in and one template, on a server of its own."""

    name = "floor"
    path = "/"
    marker = b"<bdi>"

    def cookies(self, client: int) -> str:
        return self.stage.floor_cookies


class TicketPage(Page):
    """The customer's page of a ticket with 50 messages."""

    name = "ticket"
    marker = b"data-from="

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.path = f"/ar/tickets/{stage.long_ticket}/"
        self.count = Message.objects.filter(ticket__number=stage.long_ticket.replace("-", "")).count()

    def cookies(self, client: int) -> str:
        return self.stage.customer_cookies(0)


class MyTickets(Page):
    """The first page of a customer's tickets."""

    name = "my_tickets"
    path = "/ar/tickets/"
    marker = b"turn-mini"


class Queue(Page):
    """The desk's first page of everything that waits."""

    name = "queue"
    path = "/ar/desk/?view=all"
    marker = b"/ar/desk/tickets/"
    count = 2

    def cookies(self, client: int) -> str:
        return self.stage.staff_cookies


class HomePage(Page):
    """The home page, signed out."""

    name = "home"
    path = "/ar/"
    marker = b"<main"

    def cookies(self, client: int) -> str:
        return ""


class StaffAnswer(Scene):
    """A member of staff answers one waiting ticket after another."""

    name = "answer"

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        self.turns: Iterator[str] = cycle(stage.waiting_tickets)
        self.hidden: dict[str, str] = {}
        self.sent: list[uuid.UUID] = []

    def cookies(self, client: int) -> str:
        return self.stage.staff_cookies

    def before(self, client: int, connection: Connection) -> None:
        answer = connection.request("GET", f"/ar/desk/tickets/{self.stage.waiting_tickets[0]}/")
        _expect(answer.status, (200,), answer.body)
        self.hidden = _hidden_fields(answer.body)

    def turn(self, client: int, connection: Connection) -> None:
        key = uuid.uuid4()
        fields = {
            **self.hidden,
            "draft": str(key),
            "seen": "2000000000",  # every letter there is
            "text": "فحصنا الخادمين، **والثاني** سليم.\n\n1. افتحوا المنفذ 53.\n2. أعيدوا الحفظ.",
        }
        path = f"/ar/desk/tickets/{next(self.turns)}/answers/"
        answer = connection.request("POST", path, urlencode(fields).encode(), FORM)
        _expect(answer.status, (302, 303), answer.body)
        self.sent.append(key)

    def prove(self) -> int:
        found = 0
        for start in range(0, len(self.sent), 500):
            some = self.sent[start : start + 500]
            found += Message.objects.filter(submission__in=some, kind=Message.Kind.ANSWER).count()
        if found != len(self.sent):
            raise BadAnswer(f"{len(self.sent)} answers sent, {found} in the database")
        return found


SCENES: tuple[type[Scene], ...] = (
    Floor,
    NewTicket,
    NewTicketWithPicture,
    TicketPage,
    MyTickets,
    StaffAnswer,
    Queue,
    HomePage,
)

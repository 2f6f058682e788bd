"""A page's stream of server-sent events, from its first frame to its end."""

import asyncio
import contextlib
import logging
import random
from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.db import InterfaceError, OperationalError
from django.utils.crypto import constant_time_compare
from django.utils.module_loading import import_string

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.live import news
from tawasul.live.handover import Receive, Send
from tawasul.live.hub import Frame, Hub, Listener, frame
from tawasul.tickets import access
from tawasul.tickets.models import Ticket

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds of silence after which a comment says that the line still holds
RECHECK = 30.0  # seconds between two looks at whether the person may still listen
LAST_WORD = 5.0  # seconds for the end to arrive at a page that does not read


class Stream:
    """One stream. ``since`` is the key of the last event that the page knows, ``drawn`` when it was drawn; ``only``
    names the one watch that a page in the background listens for."""

    def __init__(
        self,
        hub: Hub,
        person: Person,
        session_key: str,
        *,
        ticket: Ticket | None = None,
        since: int | None = None,
        drawn: datetime | None = None,
        only: str = "",
    ) -> None:
        self.hub = hub
        self.person = person
        self.session_key = session_key
        self.ticket = ticket.pk if ticket else None
        self.since = since
        self.drawn = drawn
        self.only = only
        self._sent = 0

    async def __call__(self, receive: Receive, send: Send) -> None:
        """Run until the page, the person's right or the process ends. The headers are sent already."""
        listener = Listener(self.person, self.ticket, self.only)
        tasks = [
            asyncio.ensure_future(work)
            for work in (
                self._talk(listener, send),
                self._until_gone(receive),
                self._until_shut_out(),
                listener.over.wait(),
            )
        ]
        talk, gone, *_rest = tasks
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self.hub.leave(listener)
        if gone not in done:
            with contextlib.suppress(TimeoutError, OSError):
                async with asyncio.timeout(LAST_WORD):
                    await send({"type": "http.response.body", "body": b""})
        if talk in done:  # it ends only by failing; the page comes again by itself
            try:
                talk.result()
            except (OperationalError, InterfaceError) as problem:
                log.warning("a live page was let go: %s", problem)

    async def _talk(self, listener: Listener, send: Send) -> None:
        await _say(send, f"retry: {random.randint(1500, 4500)}\n\n".encode())  # noqa: S311 (not all at once)
        await self.hub.join(listener)
        missed = [] if self.only else await self.hub.ask(self._missed)
        known = {told.pk for told in missed[:-1]}
        for told in missed:
            await self._pass_on(send, told)
        for told in await self.hub.ask(self._standing):
            await self._pass_on(send, told)
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT):
                    told = await listener.frames.get()
            except TimeoutError:
                await _say(send, b": here\n\n")
                continue
            if not told.pk or told.pk not in known:
                await self._pass_on(send, told)

    async def _pass_on(self, send: Send, told: Frame) -> None:
        data = told.data
        if told.pk > self._sent:  # the browser names the highest when it comes again
            self._sent = told.pk
            data = b"id: %d\n%b" % (told.pk, data)
        await _say(send, data)

    def _missed(self) -> list[Frame]:
        """What happened before the stream began, and "hello" behind it: from now on nothing is missed."""
        newest = news.newest()
        if self.since is not None:
            found = news.since(self.since)
        else:
            found = news.after(self.drawn) if self.drawn else []
        if len(found) > news.MOST:
            return [frame("hello", {"last": newest, "again": True}, newest)]
        told = [frame("news", one.told(), one.pk) for one in news.visible(found, self.person)]
        return [*told, frame("hello", {"last": newest}, newest)]

    def _standing(self) -> list[Frame]:
        """How all else stands that the page is told of."""
        standing = {
            name: watch.standing(self.person)
            for name, watch in self.hub.watches.items()
            if self.only in {"", name}
        }
        return [frame(name, told) for name, told in standing.items() if told is not None]

    async def _until_gone(self, receive: Receive) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    async def _until_shut_out(self) -> None:
        while True:
            await asyncio.sleep(RECHECK)
            person = await self.hub.ask(partial(still_welcome, self.session_key, self.person.pk, self.ticket))
            if person is None:
                return
            # the same object for the hub: what a role allows may have changed
            self.person.__dict__.update(
                {name: value for name, value in person.__dict__.items() if name != "_state"}
            )


def still_welcome(session_key: str, person_pk: int, ticket: int | None = None) -> Person | None:
    """The person as they are now, if still signed in by that session, staff at work, and let in to the ticket."""
    session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key).load()
    person = Person.objects.filter(pk=person_pk).first()
    if person is None or session.get(SESSION_KEY) != str(person.pk) or not access.is_at_work(person):
        return None
    if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash()):
        return None
    if ticket is not None and (hidden := roles.hidden_teams(person)):
        team = Ticket.objects.filter(pk=ticket).values_list("team_id", flat=True).first()
        return None if team in hidden else person
    return person


async def _say(send: Send, data: bytes) -> None:
    await send({"type": "http.response.body", "body": data, "more_body": True})

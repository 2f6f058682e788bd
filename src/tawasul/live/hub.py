"""The hub of a web process: it asks the database once for all open pages, and tells each what is for it.

One small query about every half second, however many listen, so it needs no broker, and works with any number of
processes on SQLite and PostgreSQL alike. Everything here runs on the event loop; the database is asked on two threads
of the hub's own, one that reads the news and one for whatever may have to wait.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, TypeVar

from django.db import IntegrityError, InterfaceError, OperationalError, connections

from tawasul.accounts import roles
from tawasul.accounts.models import Person
from tawasul.live import attendance, news, visits
from tawasul.live.news import News
from tawasul.live.visits import Here
from tawasul.live.watches import WATCHES, Watch

log = logging.getLogger(__name__)
T = TypeVar("T")

EVERY = 0.5  # seconds between two questions to the database
TRAIL = 10.0  # seconds for which a lower key may still be committed after a higher one
WAITING = 100  # frames for one page; a page that is further behind is let go and comes again
OF_ONE_PERSON = 6  # streams in one process


@dataclass(frozen=True, slots=True)
class Frame:
    """One server-sent event, ready to be sent; ``pk`` of the event it tells, 0 for any other."""

    data: bytes
    pk: int = 0


def frame(name: str, value: Any, pk: int = 0) -> Frame:
    """A frame of that name with a value as JSON."""
    told = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Frame(f"event: {name}\ndata: {told}\n\n".encode(), pk)


@dataclass(eq=False, slots=True)
class Listener:
    """One open page: whose, at which ticket, and what it was not yet sent.

    With ``only`` it is a page in the background that wants one watch's words alone: nobody sits before it."""

    person: Person
    ticket: int | None = None
    only: str = ""
    frames: "asyncio.Queue[Frame]" = field(default_factory=lambda: asyncio.Queue(WAITING))
    over: asyncio.Event = field(default_factory=asyncio.Event)
    here: list[Here] | None = None

    def tell(self, told: Frame) -> None:
        """Send it when the page has room; a page that does not read is let go."""
        try:
            self.frames.put_nowait(told)
        except asyncio.QueueFull:
            self.over.set()


class Hub:
    """All streams of this process."""

    def __init__(self) -> None:
        self.listeners: set[Listener] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._reader: ThreadPoolExecutor | None = None
        self._clerk: ThreadPoolExecutor | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._marks: list[tuple[float, int]] = []
        self._told: set[int] = set()
        self._closed = False
        self.watches: dict[str, Watch] = {}

    def count(self, person: int) -> int:
        """How many streams the person has here."""
        return sum(listener.person.pk == person for listener in tuple(self.listeners))

    async def join(self, listener: Listener) -> None:
        """From here on the listener is told; it ends at once where the process is stopping."""
        if self._closed:
            listener.over.set()
            await asyncio.Event().wait()  # until the stream is ended by that
        self._start()
        self.listeners.add(listener)
        if not self._marks:
            assert self._reader is not None  # started above
            await asyncio.get_running_loop().run_in_executor(self._reader, _asked, self._begin)
        if listener.ticket is not None:
            await self.ask(partial(visits.come, [(listener.ticket, listener.person.pk)]))

    async def leave(self, listener: Listener) -> None:
        """The page is gone; the visit ends with the person's last page of the ticket."""
        self.listeners.discard(listener)
        if listener.ticket is None or self._closed:
            return
        place = (listener.ticket, listener.person.pk)
        if self._clerk is not None and place not in self._places():
            await self.ask(partial(visits.leave, *place))

    async def ask(self, question: Callable[[], T]) -> T:
        """Ask the database on the clerk's thread."""
        assert self._clerk is not None  # after join
        return await asyncio.get_running_loop().run_in_executor(self._clerk, _asked, question)

    def close(self) -> None:
        """End every stream: the process stops. May be called by a signal's handler."""
        if self._closed:
            return
        self._closed = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        for listener in self.listeners:
            listener.over.set()
        for pool in (self._reader, self._clerk):
            if pool is not None:
                pool.submit(connections.close_all)
                pool.shutdown(wait=False)

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="live-reader")
        self._clerk = ThreadPoolExecutor(1, thread_name_prefix="live-clerk")
        self._marks, self._told = [], set()
        self.watches = {name: begin() for name, begin in WATCHES.items()}
        self._tasks = [loop.create_task(self._listen()), loop.create_task(self._renew())]

    def _places(self) -> set[visits.Place]:
        return {(one.ticket, one.person.pk) for one in self.listeners if one.ticket is not None}

    async def _listen(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            if not self.listeners:
                self._marks, self._told = [], set()  # nobody missed anything
                continue
            tickets = {one.ticket for one in self.listeners if one.ticket is not None}
            people = {one.person.pk: one.person for one in self.listeners}
            try:
                await self._look(tickets, people)
            except (OperationalError, InterfaceError) as problem:
                log.warning("live pages wait for the database: %s", problem)
                await asyncio.sleep(4 * EVERY)
            except Exception:
                log.exception("live pages could not be told")
                await asyncio.sleep(4 * EVERY)

    async def _look(self, tickets: Collection[int], people: Mapping[int, Person]) -> None:
        """One question, and its answer to everybody whom it concerns."""
        run = asyncio.get_running_loop().run_in_executor
        question = partial(self._read, tickets, people)
        found, hidden, here = await run(self._reader, _asked, question)
        came = {one.person.pk: one.person for one in self.listeners if one.person.pk not in hidden}
        if found and came:  # while the database was asked
            hidden |= await run(self._reader, _asked, partial(_closed_to, came))
        for one in found:
            told = frame("news", one.told(), one.pk)
            for listener in self.listeners:
                if listener.only:
                    continue
                # Whoever came later still asked on their own after this was committed.
                if listener.person.pk in hidden and one.team not in hidden[listener.person.pk]:
                    listener.tell(told)
        for name, watch in self.watches.items():
            came = {one.person.pk: one.person for one in self.listeners}
            fresh = await run(self._reader, _asked, partial(watch.fresh, came))
            for listener in self.listeners:
                if listener.person.pk in fresh and listener.only in {"", name}:
                    listener.tell(frame(name, fresh[listener.person.pk]))
        for listener in self.listeners:
            if listener.ticket in tickets:
                self._tell_who_is_here(listener, here.get(listener.ticket or 0, []))

    def _tell_who_is_here(self, listener: Listener, here: list[Here]) -> None:
        others = [one for one in here if one.person != listener.person.pk]
        if others != (listener.here or []):
            listener.here = others
            listener.tell(frame("here", [one.told() for one in others]))

    def _read(
        self, tickets: Collection[int], people: Mapping[int, Person]
    ) -> tuple[list[News], dict[int, frozenset[int]], dict[int, list[Here]]]:
        """On the reader's thread: what is new, which teams are closed to whom, and who is where."""
        fresh = self._fresh()
        found = news.of(fresh) if fresh else []
        hidden = _closed_to(people) if found else {}
        return found, hidden, visits.at_each(tickets) if tickets else {}

    def _begin(self) -> None:
        """On the reader's thread: from here on everything is told."""
        if not self._marks:
            # What is being committed at this moment may have keys below the newest one
            mark = max(0, news.newest() - news.OVERLAP)
            self._told = set(news.keys_after(mark))
            self._marks = [(monotonic(), mark)]

    def _fresh(self) -> list[int]:
        """Keys that were not told yet.

        PostgreSQL gives keys out before they are committed, so a lower one may appear after a higher one: what is
        asked for begins below the highest key of some seconds ago, and what was told is remembered as long.
        """
        if not self._marks:
            return []
        now = monotonic()
        keys = news.keys_after(self._marks[0][1])
        fresh = [key for key in keys if key not in self._told][: news.MOST]
        self._told.update(fresh)
        if fresh:
            self._marks.append((now, max(*fresh, self._marks[-1][1])))
        while len(self._marks) > 1 and now - self._marks[1][0] > TRAIL:
            self._marks.pop(0)
            self._told = {key for key in self._told if key > self._marks[0][1]}
        return fresh

    async def _renew(self) -> None:
        """Who has a page open is still there: one statement for all of them."""
        turns = 0
        while True:
            await asyncio.sleep(visits.RENEW)
            places = self._places()
            try:
                if places:
                    await self.ask(partial(_come_or_skip, places))
                people = {one.person.pk for one in self.listeners if not one.only}
                if people:
                    await self.ask(partial(attendance.note, people))
                turns += 1
                if turns % 150 == 0:
                    await self.ask(visits.drop_stale)
            except Exception:
                log.exception("visits could not be renewed")


def _closed_to(people: Mapping[int, Person]) -> dict[int, frozenset[int]]:
    return {pk: roles.hidden_teams(person) for pk, person in people.items()}


def _come_or_skip(places: Iterable[visits.Place]) -> None:
    """Renew; where one of the tickets or people was deleted meanwhile, each on its own."""
    try:
        visits.come(places)
    except IntegrityError:
        for place in places:
            try:
                visits.come([place])
            except IntegrityError:
                continue


def _asked(question: Callable[[], T]) -> T:
    """On a thread: ask; a connection that failed is not used again."""
    try:
        return question()
    except (OperationalError, InterfaceError):
        connections.close_all()
        raise


_hub = Hub()


def hub() -> Hub:
    """This process's hub."""
    return _hub

"""What else open pages are told, beside the news of tickets: doors name it here, and who looks for it."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from tawasul.accounts.models import Person


class Watch(Protocol):
    """Looks for one kind of thing. A hub has its own, and asks it on one thread."""

    def standing(self, person: Person) -> Any:
        """What a page of this person is told when it begins to listen, as JSON; None where that is nothing."""

    def fresh(self, people: Mapping[int, Person]) -> Mapping[int, Any]:
        """What is to be told now to which of these people, by key."""


WATCHES: dict[str, Callable[[], Watch]] = {}  # by the name of the frames

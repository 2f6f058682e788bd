"""Who gets the next ticket of a team: pure rules over the members who may get one now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass


@dataclass(slots=True)
class Member:
    """A member who may get tickets. ``load`` is their open tickets with the centre; ``capacity`` None: no limit."""

    pk: int
    load: int
    capacity: int | None = None

    @property
    def has_room(self) -> bool:
        """Whether one more ticket is below the limit."""
        return self.capacity is None or self.load < self.capacity


def in_turn(members: Sequence[Member], last: int | None, shunned: Collection[int] = ()) -> Member | None:
    """The first with room after ``last`` in the order of their keys, round and round; nobody where none has room.

    ``last`` need not be a member any more: the turn goes on behind the place where they stood. Who is ``shunned`` (they
    have just given this ticket back) is passed over.
    """
    ring = sorted(members, key=lambda one: (one.pk <= (last or 0), one.pk))
    return next((one for one in ring if one.has_room and one.pk not in shunned), None)


def least_loaded(members: Sequence[Member], last: int | None, shunned: Collection[int] = ()) -> Member | None:
    """Whoever has the fewest open tickets and room for one more; among equals, whose turn it is: the one who had none
    for the longest."""
    able = [one for one in members if one.has_room and one.pk not in shunned]
    fewest = min((one.load for one in able), default=0)
    return in_turn([one for one in able if one.load == fewest], last)

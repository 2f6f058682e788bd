"""What follows from each event. This is the page to read to learn what happens when.

A reaction takes the event and returns the rows to write; it writes nothing and asks no network. The rows have unique
keys, so that reacting twice is harmless. An event that is not here has no consequences beyond its own row.
"""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Model

from tawasul.reactions import letters, notices
from tawasul.tickets.models import Event

Reaction = Callable[[Event], Iterable[Model]]

REACTIONS: Mapping[str, tuple[Reaction, ...]] = {
    Event.Kind.OPENED: (letters.confirm_receipt, notices.tell_team_of_opening),
    Event.Kind.ANSWERED: (letters.carry_answer, notices.tell_followers),
    Event.Kind.FOLLOWED_UP: (notices.tell_of_customers_letter,),
    Event.Kind.HELD: (letters.tell_of_hold, notices.tell_followers),
    Event.Kind.RESUMED: (notices.tell_followers,),
    Event.Kind.CLOSE_WARNED: (letters.warn_of_closing,),
    Event.Kind.CLOSED: (letters.tell_of_closing, notices.tell_followers),
    Event.Kind.REOPENED: (letters.tell_of_reopening, notices.tell_of_customers_letter),
    Event.Kind.NOTED: (notices.tell_of_note,),
    Event.Kind.TAKEN: (notices.tell_followers,),
    Event.Kind.ASSIGNED: (notices.tell_assignee,),
    Event.Kind.CLAIMED: (),
    Event.Kind.LINKED: (),
    Event.Kind.SPLIT: (),
    Event.Kind.UNMERGED: (),
    Event.Kind.MERGED_IN: (),
    Event.Kind.TRANSFERRED: (notices.tell_of_transfer,),
    # What staff do among themselves: the ticket tells it, open pages hear of it, no mail follows
    Event.Kind.CHANGED: (),
    Event.Kind.TAGGED: (),
    Event.Kind.FOLLOWED: (),
    Event.Kind.SNOOZED: (),
    Event.Kind.WOKE: (),
    Event.Kind.CHECKED: (),
    Event.Kind.TIME_SPENT: (),
    Event.Kind.RETRACTED: (),
    Event.Kind.JOINED: (letters.ask_to_take_part,),
    Event.Kind.LEFT: (),
}

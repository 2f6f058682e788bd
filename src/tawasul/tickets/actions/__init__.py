"""What can be done to a ticket: one function a verb, one transaction, one event; a file for each kind of verb.

Each function locks the row, asks ``workflow`` for the move, writes the message and one Event. What follows from an
event (mail, notices) is in ``reactions/table.py``; nothing here waits for it. All raise ``workflow.IllegalMove``
where the ticket's state forbids the move. ``submission`` is the key of the form that was sent: sending it again
returns what the first sending made.
"""

from tawasul.tickets.actions.confiding import answer_alone
from tawasul.tickets.actions.linking import NotLinkable, link, unlink
from tawasul.tickets.actions.merging import NotMergeable, NotUnmergeable, merge, merge_all, unmerge
from tawasul.tickets.actions.moves import (
    assign,
    claim,
    close,
    hold,
    recalculate_deadlines,
    reopen,
    resume,
    take,
)
from tawasul.tickets.actions.retraction import NotRetractable, retract
from tawasul.tickets.actions.splitting import NotRejoinable, NotSplittable, rejoin, split
from tawasul.tickets.actions.writing import Departed, Overtaken, answer, follow_up, note, open_ticket

__all__ = [
    "Departed",
    "NotLinkable",
    "NotMergeable",
    "NotRejoinable",
    "NotRetractable",
    "NotSplittable",
    "NotUnmergeable",
    "Overtaken",
    "answer",
    "answer_alone",
    "assign",
    "claim",
    "close",
    "follow_up",
    "hold",
    "link",
    "merge",
    "merge_all",
    "note",
    "open_ticket",
    "recalculate_deadlines",
    "rejoin",
    "reopen",
    "resume",
    "retract",
    "split",
    "take",
    "unlink",
    "unmerge",
]

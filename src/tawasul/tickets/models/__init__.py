"""The heart: a ticket, its letters, its events (history, audit trail and outbox at once); one file a noun."""

from tawasul.tickets.models.events import Event, GuestLink
from tawasul.tickets.models.fields import Field, FieldChoice, FieldValue, Form
from tawasul.tickets.models.letters import Attachment, Draft, Message, RefusedFile
from tawasul.tickets.models.links import MovedMessage, TicketLink
from tawasul.tickets.models.people import Follower, Mention, Participant
from tawasul.tickets.models.service import Service
from tawasul.tickets.models.tags import Tag, Tagging
from tawasul.tickets.models.ticket import Channel, CloseReason, Purpose, Status, Ticket, TicketQuerySet
from tawasul.tickets.models.views import SavedView
from tawasul.tickets.models.work import ChecklistItem, TimeEntry

__all__ = [
    "Attachment",
    "Channel",
    "ChecklistItem",
    "CloseReason",
    "Draft",
    "Event",
    "Field",
    "FieldChoice",
    "FieldValue",
    "Follower",
    "Form",
    "GuestLink",
    "Mention",
    "Message",
    "MovedMessage",
    "Participant",
    "Purpose",
    "RefusedFile",
    "SavedView",
    "Service",
    "Status",
    "Tag",
    "Tagging",
    "Ticket",
    "TicketLink",
    "TicketQuerySet",
    "TimeEntry",
]

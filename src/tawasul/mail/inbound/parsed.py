"""What a mail says, read. Plain data: everything is bounded and decoded."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from tawasul.mail.inbound.fields import Fields
from tawasul.mail.inbound.mailboxes import Mailbox


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file. ``name`` as the sender wrote it (one clean line; ``attachments.names.clean`` still has to
    see it), never empty. ``type`` is what the sender claims. ``inline``: shown within the HTML by ``cid``."""

    name: str
    type: str
    content: bytes
    cid: str = ""
    inline: bool = False

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Report:
    """A machine-readable part: ``type`` such as message/delivery-status, and its text."""

    type: str
    text: str


@dataclass
class Parsed:
    """One mail. Addresses are as written; ``date`` is aware or None; ``text`` has \\n newlines, no trailing ones.

    ``html`` is the raw markup or empty, never to be shown uncleaned. ``notes`` are codes of what was broken or left
    out (limits.Budget). ``reports`` and ``returned`` (the header text of a mail that came back) are what ``classify``
    and bounce matching read.
    """

    fields: Fields
    type: str = "text/plain"
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Mailbox = field(default_factory=lambda: Mailbox("", ""))
    reply_to: tuple[Mailbox, ...] = ()
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    subject: str = ""
    date: datetime | None = None
    text: str = ""
    quoted_text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    reports: tuple[Report, ...] = ()
    returned: str = ""
    notes: tuple[str, ...] = ()

    @property
    def from_name(self) -> str:
        """The display name of the author, possibly empty."""
        return self.sender.name

    @property
    def from_address(self) -> str:
        """The address of the author, possibly empty."""
        return self.sender.address

    @cached_property
    def visible_text(self) -> str:
        """What the person wrote: ``text`` without quotes, signatures, disclaimers. The whole where unsure."""
        from tawasul.mail.inbound.visible import visible_text

        return visible_text(self.quoted_text or self.text)

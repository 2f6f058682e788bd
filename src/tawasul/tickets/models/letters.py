"""Letters of the correspondence, drafts of them, and their files."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tawasul.attachments.models import StoredFile
from tawasul.core import clock
from tawasul.tickets.models.ticket import Channel, Ticket


class Message(models.Model):
    """One letter of the correspondence, or an internal note."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("opening")
        FOLLOW_UP = "follow_up", _("follow-up")
        ANSWER = "answer", _("answer")
        NOTE = "note", _("internal note")

    class Standing(models.TextChoices):
        """Of whoever wrote it, beside the requester and the centre; of an answer to one participant alone, theirs."""

        PARTICIPANT = "participant"
        PRIVATE = "private"  # shown to staff and to that very participant alone, also after they left
        STRANGER = "stranger"  # takes no part in the ticket; staff took their mail in

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author_name = models.CharField(max_length=150)
    standing = models.CharField(max_length=11, choices=Standing, blank=True, default="")
    participant = models.ForeignKey(
        "tickets.Participant", null=True, default=None, on_delete=models.SET_NULL, related_name="letters"
    )  # who wrote it, or to whom alone it is an answer, as long as they take part
    text = models.TextField()  # as typed; an answer and a note are the Markdown subset, the rest is plain
    wanted = models.TextField(blank=True, default="")  # opening only: what help is wanted
    rest = models.TextField(blank=True, default="")  # of a mail: quotations and signature, folded away
    html = models.TextField(blank=True, default="")  # rendered once, safe, a dir on each block
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.PORTAL)
    at = models.DateTimeField(default=clock.now)
    submission = models.UUIDField(
        null=True, unique=True, default=None
    )  # of the form that sent it: two sends, one row
    file_count = models.PositiveSmallIntegerField(default=0)
    shown_from = models.DateTimeField(
        null=True, default=None
    )  # an answer that may still be taken back: the customer sees it from then on

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "at", "id"], name="message_of_ticket"),
            models.Index(
                fields=["author", "at"], condition=Q(kind="answer"), name="message_answer_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class Draft(models.Model):
    """What someone is writing and has not sent: a new ticket, a follow-up, an answer, a note.

    ``key`` names it in the form; sending turns it into one message, whose ``submission`` is the key, so a second
    send of the same form finds the first one's ticket. A direct request waits here for its address to be confirmed.
    """

    class Kind(models.TextChoices):
        TICKET = "ticket"
        FOLLOW_UP = "follow_up"
        ANSWER = "answer"
        NOTE = "note"
        DIRECT = "direct"

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=Kind)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="drafts"
    )
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="drafts")
    browser_hash = models.CharField(
        max_length=64, blank=True, default=""
    )  # a stranger's draft belongs to a browser
    fields = models.JSONField(default=dict)  # the form's answers as typed
    created_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    confirm_hash = models.CharField(
        max_length=64, blank=True, default="", db_index=True
    )  # SHA-256 of a mailed token
    confirm_expires_at = models.DateTimeField(null=True, default=None)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "ticket"], name="draft_of_person"),
            models.Index(fields=["updated_at"], name="draft_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Attachment(models.Model):
    """A stored file's place: on a message, or on a draft that has not been sent."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="attachments")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="attachments")
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="attachment")
    content_id = models.CharField(max_length=200, blank=True, default="")  # of a picture within a mail's HTML

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=True) ^ Q(draft__isnull=True), name="attachment_in_one_place"
            )
        ]

    def __str__(self) -> str:
        return self.file.name


class RefusedFile(models.Model):
    """A file that came with a mail and was not taken: it is named with its reason, never passed over in silence."""

    message = models.ForeignKey(Message, null=True, on_delete=models.CASCADE, related_name="refused_files")
    draft = models.ForeignKey(Draft, null=True, on_delete=models.CASCADE, related_name="refused_files")
    name = models.CharField(max_length=200)  # cleaned, as a stored file's
    type = models.CharField(max_length=100, blank=True, default="")  # what the sender claimed
    size = models.PositiveBigIntegerField()  # bytes
    reason = models.CharField(max_length=500)  # what ``attachments.reasons.message`` reads

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(message__isnull=True) ^ Q(draft__isnull=True), name="refusedfile_in_one_place"
            )
        ]

    def __str__(self) -> str:
        return self.name

"""How tickets belong together, and where a merged ticket's letters came from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tawasul.core import clock
from tawasul.tickets.models.letters import Message
from tawasul.tickets.models.ticket import Ticket


class TicketLink(models.Model):
    """Two tickets that belong together. ``source`` is the parent, the cause, or the duplicate."""

    class Kind(models.TextChoices):
        RELATES = "relates", _("relates to")
        DUPLICATES = "duplicates", _("duplicates")
        CAUSES = "causes", _("causes")
        PARENT = "parent", _("is the parent of")

    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_out")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links_in")
    kind = models.CharField(max_length=10, choices=Kind)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "target", "kind"], name="ticketlink_once"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="ticketlink_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.kind} {self.target_id}"


class MovedMessage(models.Model):
    """A letter that a merge or a split brought into another ticket; undoing it puts the letter back to ``home``."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="moved")
    home = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="moved_away")
    at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return f"{self.message_id} from {self.home_id}"

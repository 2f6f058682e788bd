"""Tags: the desk's own words for what a ticket is about."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.tickets.models.ticket import Ticket


class Tag(models.Model):
    """A word of the desk's, in both languages; customers never see it."""

    name_ar = models.CharField(_("name in Arabic"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60, unique=True)
    is_active = models.BooleanField(_("offered"), default=True)
    tickets = models.ManyToManyField(Ticket, through="Tagging", related_name="tags")

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name_ar", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)


class Tagging(models.Model):
    """A tag on a ticket."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tag", "ticket"], name="tagging_once")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.tag_id}"

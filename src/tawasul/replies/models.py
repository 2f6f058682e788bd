"""What staff have ready: canned replies, macros, and signatures."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Language, Team
from tawasul.core import clock


class Scope(models.TextChoices):
    """Who has it at hand."""

    PERSONAL = "personal", _("only me")
    TEAM = "team", _("a team")
    EVERYONE = "everyone", _("everyone at the desk")


class Owned(models.Model):
    """Something of one person's, of a team's, or of everyone's, with a name in both languages."""

    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120, blank=True, default="")
    scope = models.CharField(_("who has it"), max_length=10, choices=Scope, default=Scope.PERSONAL)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+", verbose_name=_("team")
    )
    position = models.PositiveIntegerField(_("order in lists"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        abstract = True
        ordering = ["position", "name_ar", "pk"]

    def __str__(self) -> str:
        return (self.name_en or self.name_ar) if get_language() == "en" else (self.name_ar or self.name_en)

    name = property(__str__)


class CannedReply(Owned):
    """A text for answers, in both languages, with variables such as {{requester}}; found by its words or shortcut."""

    shortcut = models.CharField(_("shortcut"), max_length=30, blank=True, default="")
    text_ar = models.TextField(_("text in Arabic"), blank=True, default="")  # the Markdown subset
    text_en = models.TextField(_("text in English"), blank=True, default="")
    search_key = models.TextField(
        blank=True, default="", editable=False
    )  # normalised names, shortcut and texts
    used = models.PositiveIntegerField(default=0, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        constraints = [
            models.CheckConstraint(
                condition=(Q(scope="team") & Q(team__isnull=False))
                | (~Q(scope="team") & Q(team__isnull=True)),
                name="cannedreply_team_where_scoped_so",
            )
        ]


class Macro(Owned):
    """Several things in one press. ``steps`` is a list of {"do": verb, …}; the verbs stand in ``replies.macros``."""

    steps = models.JSONField(_("steps"), default=list)

    class Meta(Owned.Meta):
        verbose_name = _("macro")
        verbose_name_plural = _("macros")
        constraints = [
            models.CheckConstraint(
                condition=(Q(scope="team") & Q(team__isnull=False))
                | (~Q(scope="team") & Q(team__isnull=True)),
                name="macro_team_where_scoped_so",
            )
        ]


class Signature(models.Model):
    """What stands below an answer: of a team, or of the whole centre where ``team`` is null, in one language."""

    team = models.ForeignKey(
        Team,
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="signatures",
        verbose_name=_("team"),
    )
    language = models.CharField(_("language"), max_length=2, choices=Language)
    text = models.TextField(_("text"), blank=True, default="")  # the Markdown subset, with variables
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["team", "language"], name="signature_once_a_team"),
            models.UniqueConstraint(
                fields=["language"], condition=Q(team__isnull=True), name="signature_once_for_the_centre"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.team or ''} {self.language}"

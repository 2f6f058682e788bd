"""Views that staff keep: a filter of the queue under a name."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Team
from tawasul.core import clock


class SavedView(models.Model):
    """A filter, an order and columns under a name: one person's own, a team's, or everyone's."""

    class Scope(models.TextChoices):
        PERSONAL = "personal", _("only me")
        TEAM = "team", _("my team")
        EVERYONE = "everyone", _("everyone at the desk")

    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("who sees it"), max_length=10, choices=Scope, default=Scope.PERSONAL)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views")
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.CASCADE, related_name="saved_views"
    )
    query = models.TextField()  # the filter as it stands in the address, canonical
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(scope="team") & Q(team__isnull=False))
                | (~Q(scope="team") & Q(team__isnull=True)),
                name="savedview_team_where_scoped_so",
            )
        ]

    def __str__(self) -> str:
        return self.name

"""What a ticket may be about."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import Team


class Service(models.Model):
    """What a ticket may be about. ``about_domain`` shows the domain field on the form."""

    code = models.SlugField(_("code"), max_length=50, unique=True)
    name_ar = models.CharField(_("name in Arabic"), max_length=150)
    name_en = models.CharField(_("name in English"), max_length=150)
    about_domain = models.BooleanField(_("about a domain"), default=True)
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, verbose_name=_("responsible team")
    )
    position = models.PositiveIntegerField(_("order in lists"), default=0)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)

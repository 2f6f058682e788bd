"""Articles of the knowledge base, in both languages."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.core import clock


class Article(models.Model):
    """An answer to what many ask. A published one may be put into an answer; its text is the Markdown subset."""

    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    title_ar = models.CharField(_("title in Arabic"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True, default="")
    text_ar = models.TextField(_("text in Arabic"))
    text_en = models.TextField(_("text in English"), blank=True, default="")
    is_published = models.BooleanField(_("published"), default=False)
    search_key = models.TextField(blank=True, default="", editable=False)  # normalised titles and texts
    updated_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["title_ar", "pk"]

    def __str__(self) -> str:
        return (self.title_en or self.title_ar) if get_language() == "en" else self.title_ar

    title = property(__str__)

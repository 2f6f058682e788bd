"""Writing articles: one transaction a verb, the difference kept in the history."""

from typing import Any

from django.db import transaction

from tawasul.accounts.actions import record_change
from tawasul.accounts.models import Person
from tawasul.core import clock
from tawasul.knowledge.models import Article
from tawasul.search.normalise import normalise

NOUN = "article"
_KEPT = ("slug", "title_ar", "title_en", "text_ar", "text_en", "is_published")


def _state(article: Article) -> dict[str, Any]:
    return {name: getattr(article, name) for name in _KEPT}


@transaction.atomic
def save(article: Article, *, by: Person) -> None:
    """Add or change an article."""
    old = Article.objects.select_for_update().filter(pk=article.pk).first() if article.pk else None
    article.updated_at = clock.now()
    article.search_key = normalise(
        "\n".join((article.title_ar, article.title_en, article.text_ar, article.text_en))
    )
    article.save()
    record_change(NOUN, article, _state(old) if old else {}, _state(article), by)


@transaction.atomic
def remove(article: Article, *, by: Person) -> None:
    """Take an article away for good."""
    record_change(NOUN, article, _state(article), {}, by)
    article.delete()

"""Reading articles."""

import re

from tawasul.knowledge.models import Article
from tawasul.search.normalise import normalise

MOST = 5
_SUMMARY = 400  # characters


def published(q: str, *, most: int = MOST) -> list[Article]:
    """Published articles whose titles or texts hold every word of ``q``, in either language's spelling."""
    rows = Article.objects.filter(is_published=True)
    for word in normalise(q).split()[:8]:
        rows = rows.filter(search_key__contains=word)
    return list(rows[:most])


def title_of(article: Article, language: str) -> str:
    """The title in the language, else in the other one."""
    return (article.title_en or article.title_ar) if language == "en" else article.title_ar


def summary_of(article: Article, language: str) -> str:
    """The first paragraph in the language, else of the other one: what an answer says before it leads there."""
    text = (article.text_en or article.text_ar) if language == "en" else article.text_ar
    paragraphs = (part.strip() for part in re.split(r"\n\s*\n", text))
    first = next((part for part in paragraphs if part and not part.startswith("#")), "")
    return first if len(first) <= _SUMMARY else first[: first.rfind(" ", 0, _SUMMARY)].rstrip() + "…"

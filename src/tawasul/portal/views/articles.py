"""One published article, for everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tawasul.core.markdown import render_document
from tawasul.knowledge.models import Article


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """The article in the page's language, else in the other one."""
    found = get_object_or_404(Article, slug=slug, is_published=True)
    text = (found.text_en or found.text_ar) if get_language() == "en" else found.text_ar
    return render(request, "portal/article.html", {"article": found, "html": render_document(text)})

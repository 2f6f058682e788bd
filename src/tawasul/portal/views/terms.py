"""The registration regulations and portal terms that hold now."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tawasul.accounts.models import TermsVersion
from tawasul.core import clock
from tawasul.core.markdown import render_answer


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The current version, or an earlier one by ``?version=``, in the page's language."""
    versions = TermsVersion.objects.filter(published_at__lte=clock.now()).order_by("-published_at")
    wanted = request.GET.get("version", "")
    terms = (versions.filter(version=wanted) if wanted else versions).first()
    if terms is None:
        raise Http404
    text = terms.text_en if get_language() == "en" else terms.text_ar
    current = versions.values_list("pk", flat=True).first() == terms.pk
    return render(
        request, "portal/terms.html", {"terms": terms, "html": render_answer(text), "is_current": current}
    )

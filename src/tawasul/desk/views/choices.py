"""Where the forms of staff's choices lead."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tawasul.desk import choices as kept
from tawasul.desk import gate


@require_POST
@gate.staff_only
def choices(request: HttpRequest) -> HttpResponseBase:
    """Keep what was chosen, and go back to the page that asked (``next``)."""
    given = kept.choose(gate.staff_member(request), dict(request.POST.lists()))
    if request.headers.get("X-Requested-With"):
        return HttpResponse(status=204)
    if "keys" in given:
        said = _("The shortcuts are on.") if given["keys"] == "on" else _("The shortcuts are off.")
        messages.success(request, said)
    back = request.POST.get("next", "")[:2000]
    ours = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if ours else reverse("desk:queue"))

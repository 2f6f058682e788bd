"""The settings of what the form of each service asks: one page a service, and one for all the others."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tawasul.accounts import changes
from tawasul.accounts.roles import Permission
from tawasul.desk import gate
from tawasul.desk.settings import asked
from tawasul.desk.settings.forms import typed
from tawasul.desk.settings.service_forms import ServiceFormForm
from tawasul.desk.views.settings import opened, page, words_for
from tawasul.tickets.actions import asking
from tawasul.tickets.models import Form, Service

NOUN = "forms"


@require_safe
@never_cache
@gate.allowed(Permission.SETTINGS)
def listed(request: HttpRequest) -> HttpResponse:
    """Every service, and whether its form is one of its own."""
    with_own = set(Form.objects.exclude(service=None).values_list("service", flat=True))
    services = Service.objects.order_by("position", "pk")
    rows = [(service, service.pk in with_own, asked.own_of(service)) for service in services]
    return page(request, "desk/settings/forms.html", NOUN, rows=rows)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def others(request: HttpRequest) -> HttpResponseBase:
    """The form of every service that has none of its own."""
    return _edited(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.allowed(Permission.SETTINGS)
def of_service(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form of one service."""
    return _edited(request, _service(pk))


@require_POST
@gate.allowed(Permission.SETTINGS)
def removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Let a service ask what all the others ask."""
    service = _service(pk)
    asking.drop_form(service, by=gate.staff_member(request))
    messages.success(request, _("It asks what every other service asks: %(name)s") % {"name": service})
    return redirect("desk:settings_forms")


def _edited(request: HttpRequest, service: Service | None) -> HttpResponseBase:
    row = asked.standing(service)
    if request.method != "POST":
        return _drawn(request, service, ServiceFormForm(row=row))
    form = ServiceFormForm(request.POST, row=row)
    if not form.is_valid():
        return _drawn(request, service, form, status=422)
    if "preview" in request.POST:
        return _drawn(request, service, form)
    seen = typed(request.POST, "seen", 64)
    try:
        changed = asking.keep_form(service, form.cleaned_data, by=gate.staff_member(request), seen=seen)
    except changes.Stale:
        return _drawn(request, service, form, stale=True, status=409)
    messages.success(request, words_for(changed) % {"name": service or _("Every other service")})
    return redirect("desk:settings_forms")


def _drawn(
    request: HttpRequest,
    service: Service | None,
    form: ServiceFormForm,
    *,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    own = Form.objects.filter(service=service).order_by("pk").first()
    mark = changes.mark_of(asking.told_form(own or Form(service=service)))
    fields = asked.own_of(service)
    return page(
        request,
        "desk/settings/form.html",
        NOUN,
        service=service,
        form=form,
        own_form=own,
        fields=fields,
        sheets=asked.seen(form.as_row(asked.standing(service)), service, fields),
        draft=None,
        **opened(NOUN, own.pk if own else None, form, mark, stale=stale, status=status),
    )


def _service(pk: int) -> Service:
    found = Service.objects.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise Http404
    return found

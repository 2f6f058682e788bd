"""What the request forms need from the database: services on offer, what each asks, and the terms that hold. Asked for
with every ticket and hardly ever changed, so they are read at most every two seconds."""

from tawasul.accounts.models import TermsVersion
from tawasul.core import clock
from tawasul.core.kept import Kept
from tawasul.tickets.models import Form, Service


class NotOpen(Exception):
    """The centre has published no terms yet, so nothing can be accepted and nothing sent."""


def _read_services() -> list[Service]:
    return list(Service.objects.filter(is_active=True).order_by("position", "pk"))


def _read_terms() -> TermsVersion | None:
    published = TermsVersion.objects.filter(published_at__lte=clock.now())
    return published.defer("text_ar", "text_en").order_by("-published_at").first()


services_on_offer = Kept(_read_services)  # in the administrator's order
_terms = Kept(_read_terms)


def current_terms() -> TermsVersion:
    """The newest published version, without its text. Raises NotOpen where there is none."""
    terms = _terms()
    if terms is None:
        raise NotOpen
    return terms


def _read_forms() -> dict[int | None, Form]:
    return {form.service_id: form for form in Form.objects.all()}


forms = Kept(_read_forms)  # by the service's key; None: what is asked for all others


def form_of(service: Service | None) -> Form | None:
    """What the chosen service's form asks; None before one is chosen, and where the centre has said nothing."""
    if service is None:
        return None
    known = forms()
    return known.get(service.pk) or known.get(None)

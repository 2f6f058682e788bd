"""What the request forms need from the database: services on offer and the terms that hold. One query each."""

from tawasul.accounts.models import TermsVersion
from tawasul.core import clock
from tawasul.tickets.models import Service


class NotOpen(Exception):
    """The centre has published no terms yet, so nothing can be accepted and nothing sent."""


def services_on_offer() -> list[Service]:
    """The services in the administrator's order."""
    return list(Service.objects.filter(is_active=True).order_by("position", "pk"))


def current_terms() -> TermsVersion:
    """The newest published version, without its text. Raises NotOpen where there is none."""
    terms = (
        TermsVersion.objects.filter(published_at__lte=clock.now())
        .defer("text_ar", "text_en")
        .order_by("-published_at")
        .first()
    )
    if terms is None:
        raise NotOpen
    return terms

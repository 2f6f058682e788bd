"""Versions of the terms: what somebody agreed to never changes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tawasul.accounts.models import AccountRequest, Consent, TermsVersion
from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Table
from tawasul.tickets.models import Ticket


def accepted(terms: TermsVersion) -> bool:
    """Whether anybody agreed to this version: with an account, a request for one, or a ticket."""
    return (
        Consent.objects.filter(terms=terms).exists()
        or AccountRequest.objects.filter(terms=terms).exists()
        or Ticket.objects.filter(terms=terms).exists()
    )


@admin.register(TermsVersion, site=site)
class TermsVersionAdmin(Table[TermsVersion]):
    """A version may be corrected until the first person accepts it; afterwards a new version is published."""

    list_display = ["version", "published_at", "has_been_accepted"]
    ordering = ["-published_at"]
    formfield_overrides = {  # one control, where Django's two share one label
        models.DateTimeField: {
            "form_class": forms.DateTimeField,
            "widget": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        }
    }

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new version begins as a copy of the newest text."""
        newest = TermsVersion.objects.order_by("-published_at").first()
        return {"text_ar": newest.text_ar, "text_en": newest.text_en} if newest else {}

    @admin.display(description=_("accepted by somebody"), boolean=True)
    def has_been_accepted(self, terms: TermsVersion) -> bool:
        return accepted(terms)

    def has_change_permission(self, request: HttpRequest, obj: TermsVersion | None = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj is not None and accepted(obj))

    def has_delete_permission(self, request: HttpRequest, obj: TermsVersion | None = None) -> bool:
        if obj is None:  # the list's bulk action cannot ask about each row
            return False
        return super().has_delete_permission(request, obj) and not accepted(obj)

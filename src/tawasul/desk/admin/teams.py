"""Teams, and the services that they look after."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import DataError, models
from django.http import HttpRequest

from tawasul.accounts.models import Team
from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Table
from tawasul.tickets.models import Service


@admin.register(Service, site=site)
class ServiceAdmin(Table[Service]):
    """What a ticket may be about. A service with tickets is withdrawn by its switch, never deleted."""

    list_display = ["name_ar", "name_en", "team", "about_domain", "is_active", "position"]
    list_display_links = ["name_ar", "name_en"]
    list_filter = ["is_active", "team"]
    search_fields = ["name_ar", "name_en", "code"]
    list_select_related = ["team"]
    ordering = ["position", "pk"]

    def get_readonly_fields(self, request: HttpRequest, obj: Service | None = None) -> list[str]:
        return ["code"] if obj else []  # addresses and seeds refer to it

    def has_delete_permission(self, request: HttpRequest, obj: Service | None = None) -> bool:
        used = obj is None or obj.ticket_set.exists()
        return not used and super().has_delete_permission(request, obj)


class Members(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no argument at run time
    """People of a team. A key that no column could hold is no choice, as any other that is not listed."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except (OverflowError, DataError):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": "…"}
            ) from None


@admin.register(Team, site=site)
class TeamAdmin(Table[Team]):
    """A group of staff."""

    list_display = ["name_ar", "name_en"]
    list_display_links = ["name_ar", "name_en"]
    search_fields = ["name_ar", "name_en"]
    formfield_overrides = {models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}}

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **options, form_class=Members)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}

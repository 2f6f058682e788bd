"""The centre's settings: one row, so the list leads straight to it."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from tawasul.core import centre
from tawasul.core.models import MEGABYTE, CentreSettings
from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Form, Table

ROOM = 4 * MEGABYTE  # of a request, besides its file


class CentreSettingsForm(Form[CentreSettings]):
    """No file larger than a request that the installation accepts."""

    def clean_file_max_megabytes(self) -> int:
        wanted: int = self.cleaned_data["file_max_megabytes"]
        most = (settings.REQUEST_MAX_BYTES - ROOM) // MEGABYTE
        if wanted > most:
            raise forms.ValidationError(
                _("This installation accepts at most %(size)d megabytes.") % {"size": most}
            )
        return wanted


@admin.register(CentreSettings, site=site)
class CentreSettingsAdmin(Table[CentreSettings]):
    """Names, promises, limits."""

    form = CentreSettingsForm
    fieldsets = [
        (_("The centre"), {"fields": ["name_ar", "name_en", "phone", "email"]}),
        (_("Promises"), {"fields": ["close_after_hours", "warn_before_hours", "reopen_days"]}),
        (_("Desk"), {"fields": ["undo_seconds"]}),
        (_("Files"), {"fields": ["file_max_megabytes", "files_max_count", "files_max_megabytes"]}),
        (_("Site"), {"fields": ["direct_form", "national_stamp"]}),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("admin:core_centresettings_change", CentreSettings.ONLY)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> CentreSettings | None:
        """The one row, made from the defaults where a database has lost it."""
        if object_id != str(CentreSettings.ONLY):
            return None
        row, _made = CentreSettings.objects.get_or_create(pk=CentreSettings.ONLY)
        return row

    def save_model(self, request: HttpRequest, obj: CentreSettings, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        transaction.on_commit(centre.forget)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CentreSettings | None = None) -> bool:
        return False

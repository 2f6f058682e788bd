"""The administration's own history, to read."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Table


@admin.register(LogEntry, site=site)
class HistoryAdmin(Table[LogEntry]):
    """Who changed what, when. Nobody edits or deletes it here."""

    list_display = ["action_time", "user", "content_type", "object_repr", "what"]
    list_filter = [
        "action_flag",
        ("content_type", admin.RelatedOnlyFieldListFilter),
        ("user", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["user", "content_type"]
    ordering = ["-action_time"]
    show_full_result_count = False

    @admin.display(description=_("change"))
    def what(self, entry: LogEntry) -> str:
        return entry.get_change_message() or entry.get_action_flag_display()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: LogEntry | None = None) -> bool:
        return False

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BulkConfig(AppConfig):
    name = "tawasul.bulk"
    label = "bulk"
    verbose_name = _("Many tickets at once")
    default_auto_field = "django.db.models.BigAutoField"

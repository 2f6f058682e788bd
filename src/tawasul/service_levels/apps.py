from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServiceLevelsConfig(AppConfig):
    name = "tawasul.service_levels"
    label = "service_levels"
    verbose_name = _("Working time")
    default_auto_field = "django.db.models.BigAutoField"

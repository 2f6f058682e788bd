from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "tawasul.core"
    label = "core"
    verbose_name = _("The centre")
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tawasul.portal"
    label = "portal"
    default_auto_field = "django.db.models.BigAutoField"

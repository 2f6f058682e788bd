from django.apps import AppConfig


class ServiceLevelsConfig(AppConfig):
    name = "tawasul.service_levels"
    label = "service_levels"
    default_auto_field = "django.db.models.BigAutoField"

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "tawasul.reactions"
    label = "reactions"
    default_auto_field = "django.db.models.BigAutoField"

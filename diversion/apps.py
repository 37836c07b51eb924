from django.apps import AppConfig


class DiversionConfig(AppConfig):
    name = "diversion"
    default_auto_field = "django.db.models.BigAutoField"

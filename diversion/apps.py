"""The product as a Django app: the live picture, its log and its faces."""

from django.apps import AppConfig


class DiversionConfig(AppConfig):
    name = "diversion"
    default_auto_field = "django.db.models.BigAutoField"

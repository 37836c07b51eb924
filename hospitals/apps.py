"""The state of the world as a Django app: nouns and pure rules."""

from django.apps import AppConfig


class HospitalsConfig(AppConfig):
    name = "hospitals"
    default_auto_field = "django.db.models.BigAutoField"

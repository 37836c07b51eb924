"""A soft claim: which vehicles one desk is deciding about just now. It binds nobody, and runs out by itself."""

from __future__ import annotations

from django.db import models

from hospitals.models import Region


class Claim(models.Model):
    """What one desk holds. Latest wins; never logged: it is a signal between colleagues, no fact about the world."""

    #: Whose desk, so that nobody can speak for a colleague's: the actor's key and the desk.
    id = models.CharField(primary_key=True, max_length=120)
    region = models.ForeignKey(Region, on_delete=models.CASCADE, related_name="claims")
    desk = models.UUIDField(help_text="One open console")
    name = models.CharField(max_length=150, help_text="Whose it is")
    transports = models.JSONField(help_text="Ids, in order")
    until = models.DateTimeField(db_index=True)

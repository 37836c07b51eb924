"""A regional question: dispatch asks every site for its state, and sees who has answered what, and who has not."""

from __future__ import annotations

import uuid

from django.db import models

from hospitals.models import Region, Versioned

#: What a site can answer. "trouble" is not a declaration: it says that one may follow, or a call.
ANSWERS = ("normal", "strained", "trouble")


class QuestionQuerySet(models.QuerySet["Question"]):
    def open(self) -> QuestionQuerySet:
        return self.filter(closed_at__isnull=True)


class Question(Versioned):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField(max_length=280, blank=True, default="")
    sites = models.JSONField(help_text="[site id]: who is asked")
    answers = models.JSONField(default=dict, help_text="{site id: {answer, comment, by, at}}")
    asked_at = models.DateTimeField()
    asked_by = models.JSONField(help_text="{kind, id, name, role}")
    deadline_at = models.DateTimeField()
    overdue_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = QuestionQuerySet.as_manager()

    def missing(self) -> list[str]:
        """The sites that have not answered."""
        return [site for site in self.sites if site not in self.answers]

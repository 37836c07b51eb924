"""manage.py replay_decisions: ask each decision's recorded question again. Exit status 1 if an answer is another."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from diversion.models import Redirect
from diversion.replaying import Replayed, replayed


class Command(BaseCommand):
    help = (
        "Computes the options of decisions again from what was recorded with them, and says whether they are the "
        "ones the dispatcher was shown. With --redirect, those of one decision, place by place."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("region", nargs="*", help="Region codes; all if none is named")
        parser.add_argument("--redirect", type=UUID, help="Only this decision, with its options")

    def handle(self, *args: Any, region: list[str], redirect: UUID | None, **options: Any) -> None:
        decisions = Redirect.objects.select_related("basis").order_by("region_id", "ordered_at", "pk")
        if region:
            decisions = decisions.filter(region__in=region)
        if redirect is not None:
            decisions = decisions.filter(pk=redirect)
        found = [self._tell(one, full=redirect is not None) for one in replayed(decisions.iterator(chunk_size=200))]
        asked = [one for one in found if one.asked]
        wrong = sum(one.difference is not None for one in asked)
        unasked = len(found) - len(asked)
        self.stdout.write(f"{len(asked)} decisions replayed, {wrong} differ, {unasked} without a recorded question")
        if wrong:
            raise CommandError(f"{wrong} decisions have other options now than were recorded.")

    def _tell(self, one: Replayed, *, full: bool) -> Replayed:
        if full:
            for option in one.redirect.options:
                admits = "admits" if option["admits"] else f"does not admit ({option.get('refusal', 'not recorded')})"
                self.stdout.write(f"  {option['site_id']}: {option['seconds']} s by {option['source']}, {admits}")
        if one.difference is not None:
            self.stdout.write(f"{one.redirect.region_id} {one.redirect.pk}: {one.difference}")
        return one

"""What simulated departments say they can take of many casualties: once each time they are asked, some never.

The numbers follow the size of the site and what its gates admit. Where a person works, nobody answers for them.
Times are real seconds.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from . import assumptions
from .picture import State
from .staff import Staff


@dataclass(frozen=True, slots=True)
class Question:
    """Asking again is another question: who stayed silent may answer that one."""

    casualty: str
    site: str
    asked_at: str


@dataclass(frozen=True, slots=True)
class Offer:
    question: Question
    numbers: Mapping[str, int]


@dataclass
class Offers:
    staff: Staff
    seed: int
    _due: dict[Question, float | None] = field(default_factory=dict)

    def ready(self, now: float, casualties: Iterable[State], sites: Mapping[str, State]) -> list[Offer]:
        """The answers that are due; whoever has answered already is not heard again."""
        asked = [question for row in casualties for question in self._asked(row) if question.site in sites]
        known = self._due
        self._due = {one: known[one] if one in known else self._draw(one, now) for one in asked}
        ready = []
        for question, due in self._due.items():
            if due is not None and now >= due and self.staff.at_work(question.site):
                ready.append(Offer(question, self._numbers(sites[question.site])))
        self._due |= {offer.question: None for offer in ready}
        return ready

    def try_again(self, offer: Offer, at: float) -> None:
        """The answer did not get through."""
        if offer.question in self._due:
            self._due[offer.question] = at

    def _asked(self, row: State) -> list[Question]:
        silent = [site for site in row["sites"] if site in self.staff.desks and site not in row["offers"]]
        return [Question(row["id"], site, row["asked_at"]) for site in silent]

    def _numbers(self, site: State) -> dict[str, int]:
        """Drawn for the site alone: it says the same however often it is asked."""
        rng = random.Random(f"{self.seed}:offer:{site['id']}")
        beds = site.get("beds") or assumptions.BEDS_UNKNOWN
        shares = assumptions.OFFERED_OF_BEDS.items()
        could = {urgency: round(beds * share * rng.uniform(*assumptions.OFFERED_FACTOR)) for urgency, share in shares}
        return {urgency: number if _admits(site, urgency) else 0 for urgency, number in could.items()}

    def _draw(self, question: Question, now: float) -> float | None:
        rng = random.Random(f"{self.seed}:asked:{question.casualty}:{question.site}:{question.asked_at}")
        if rng.random() < assumptions.OFFER_SILENT:
            return None
        later = assumptions.MUTED_LATER_S if self.staff.desks[question.site].muted else 0.0
        return now + rng.uniform(*assumptions.OFFERS_S) + later


def _admits(site: State, urgency: str) -> bool:
    gate = (site.get("gates") or {}).get("ambulances", {}).get("value", "open")
    return gate == "open" or (gate == "life_threatening" and urgency == "vital")

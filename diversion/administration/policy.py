"""A region's policy: every number with its meaning, its unit and its default; only what differs is changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as later

from diversion.administration.views import Page
from diversion.commands.policies import change_policy
from diversion.errors import Invalid
from diversion.log import CommandKey
from hospitals.causes import CAUSES
from hospitals.policies import DEFAULTS, MAY_BE_ZERO, REVIEW, policy_of

MEANING: Final[dict[str, Promise]] = {
    "silent_after_s": later("A department's screen counts as silent after"),
    "escalate_after_s": later("A notice nobody has acknowledged becomes dispatch's after"),
    "crew_overdue_s": later("A crew that has not answered an order is called by radio after"),
    "undo_s": later("A declaration can be taken back as a slip within"),
    "tie_s": later("Journey times that differ by less count as equal"),
    "near_arrival_s": later("A vehicle this close to arrival is decided on by a person"),
    "detour_limit_s": later("A detour is shown as long from"),
    "inbound_limit": later("Announced patients a department takes in a plan while another has room"),
    "review_minutes": later("A declaration is confirmed again after"),
    "overload_limit_minutes": later("A declaration of overload ends by itself after"),
    "suspend_at_sites": later("Declarations of overload are suspended from this number of sites"),
    "suspension_minutes": later("Such a suspension lasts"),
    "alarm_closed_percent": later("Dispatch is warned when this share of departments is closed"),
    "alarm_long_hours": later("Dispatch is warned when one department is closed for longer than"),
    "question_minutes": later("A regional question is to be answered within"),
    "offer_minutes": later("With many casualties at one place, hospitals say what they can take within"),
    "offer_assumed_vital": later("Until it has said so, a hospital is taken to have room for so many T1"),
    "offer_assumed_urgent": later("Until it has said so, a hospital is taken to have room for so many T2"),
    "offer_assumed_routine": later("Until it has said so, a hospital is taken to have room for so many T3"),
    "supervisor_after_s": later("A notice still unanswered goes on to the supervisor after"),
    "unseen_after_s": later("A declaration nobody at dispatch has marked as seen is told to those on call after"),
    "channel_test_hours": later("Every channel to people is tested every"),
    "channel_retest_s": later("A channel that fails is tried again every"),
}
CAUSE: Final[dict[str, Promise]] = {
    "unknown": later("unknown cause"),
    "it_outage": later("IT failure"),
    "cyber_suspected": later("suspected cyberattack"),
    "cyber_confirmed": later("confirmed cyberattack"),
    "telecom": later("telecom failure"),
    "power": later("power failure"),
    "utilities": later("water or medical gases"),
    "fire": later("fire or evacuation"),
    "security": later("security"),
    "contamination": later("contamination"),
    "equipment": later("equipment failure"),
    "staffing": later("staff shortage"),
    "saturation": later("saturation"),
    "supplier": later("supplier"),
}
UNITS: Final[dict[str, Promise]] = {
    "s": later("seconds"),
    "minutes": later("minutes"),
    "hours": later("hours"),
    "percent": later("%"),
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One number as the page shows it."""

    name: str
    meaning: str
    unit: str
    value: int | str
    default: int
    least: int


class Policy(Page):
    page = "policy"
    template = "administration/policy.html"

    def context(self) -> dict[str, Any]:
        return {"settings": _settings(policy_of(self.region.policy))}

    def post(self, request: HttpRequest, **_route: Any) -> HttpResponse:
        typed = {name: request.POST[name].strip() for name in DEFAULTS if name in request.POST}
        shown = {"settings": _settings({**policy_of(self.region.policy), **typed})}
        try:
            wanted = {name: _number(name, text) for name, text in typed.items()}
            version = int(request.POST.get("version", "0") or 0)
        except Invalid as problem:
            return self.show(status=400, problem=problem, **shown)
        current = policy_of(self.region.policy)
        changes = {
            name: None if value == DEFAULTS[name] else value for name, value in wanted.items() if value != current[name]
        }
        return self.carry_out(
            lambda: change_policy(
                actor=self.actor, key=CommandKey.new(), region_id=self.region.pk, version=version, changes=changes
            ),
            **shown,
        )


def _number(name: str, text: str) -> int:
    if not text.isdecimal():
        detail = _("%(what)s: a whole number is needed, not “%(text)s”.") % {"what": _meaning(name), "text": text}
        raise Invalid("not_a_number", detail, field=name)
    return int(text)


def _settings(values: dict[str, Any]) -> list[Setting]:
    return [
        Setting(name, _meaning(name), _unit(name), values[name], default, 0 if name in MAY_BE_ZERO else 1)
        for name, default in DEFAULTS.items()
    ]


def _meaning(name: str) -> str:
    if name in MEANING:
        return str(MEANING[name])
    cause = next((one for one in CAUSES if REVIEW[one] == name), None)
    if cause is None:
        return name
    return _("… when the cause is: %(cause)s (0: as above)") % {"cause": CAUSE[cause]}


def _unit(name: str) -> str:
    unit = "minutes" if name in REVIEW.values() else name.rsplit("_", 1)[-1]
    return str(UNITS.get(unit, ""))

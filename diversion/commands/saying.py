"""What somebody says about a site, checked: every code is known here, and every contradiction names its sources.

Pure but for the site's region, whose vocabulary decides; shared by declaring, amending and asking to reopen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from diversion.errors import Invalid
from diversion.wire.positions import instant
from hospitals import causes, gates, services
from hospitals.models import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What somebody says about a site. A gate that is absent or None is one they say nothing about.

    ``services`` is {code: {level, expected_at, note}}; ``disputes`` [{gate, reports: [{by, value, text}]}].
    """

    cause: str
    state: str = "active"
    gates: Mapping[str, str | None] = field(default_factory=dict)
    closed_capabilities: Sequence[str] = ()
    accepts: Sequence[str] = ()
    services: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    disputes: Sequence[Mapping[str, Any]] = ()
    comment: str = ""
    cause_embargoed: bool = False
    emergency_plan: bool | None = None
    contact: str | None = None
    authoriser: str | None = None
    called_by: str | None = None
    call_back: str | None = None
    read_back: bool = False
    said_at: datetime | None = None
    expected_end: datetime | None = None


#: What an amendment may say; what it does not mention stays.
AMENDABLE: Final = (
    "cause", "comment", "expected_end", "cause_embargoed", "emergency_plan", "contact", "authoriser",
)  # fmt: skip


def check(site: Site, said: Mapping[str, Any]) -> None:
    """Refuse codes nobody knows. Raises Invalid naming the field."""
    if said.get("cause", "unknown") not in causes.CAUSES:
        raise Invalid("unknown_cause", f"cause must be one of {', '.join(causes.CAUSES)}.", field="cause")
    check_gates(said.get("gates") or {})
    known = {entry["code"] for entry in site.region.capabilities}
    for name in ("closed_capabilities", "accepts"):
        for code in said.get(name) or ():
            if code not in known:
                raise Invalid("unknown_capability", f"{code!r} is no capability here.", field=name)
    _check_accepts(said)
    _check_services(said.get("services") or {})
    _check_disputes(said.get("disputes") or ())


def check_gates(said: Mapping[str, str | None]) -> None:
    for gate, value in said.items():
        if gate not in gates.VALUES or (value is not None and value not in gates.VALUES[gate]):
            allowed = ", ".join(gates.VALUES.get(gate, ())) or "one of " + ", ".join(gates.GATES)
            raise Invalid("unknown_gate", f"gates.{gate} must be {allowed} or null.", field=f"gates.{gate}")


def _check_accepts(said: Mapping[str, Any]) -> None:
    both = sorted(set(said.get("closed_capabilities") or ()) & set(said.get("accepts") or ()))
    if both:
        raise Invalid("contradiction", f"{both[0]} is both closed and accepted: say one.", field="accepts")


def _check_services(affected: Mapping[str, Mapping[str, Any]]) -> None:
    for code, one in affected.items():
        if code not in services.SERVICES or one.get("level") not in services.LEVELS:
            raise Invalid("unknown_service", f"services.{code}: {one} is not known.", field=f"services.{code}")


def _check_disputes(disputes: Sequence[Mapping[str, Any]]) -> None:
    """A contradiction takes two who contradict each other, and each says something."""
    for index, one in enumerate(disputes):
        at = f"disputes[{index}]"
        if one["gate"] not in gates.GATES:
            raise Invalid("unknown_gate", f"{at}.gate must be one of {', '.join(gates.GATES)}.", field=f"{at}.gate")
        if len(one["reports"]) < 2:
            raise Invalid("one_sided", f"{at}.reports: a contradiction has at least two.", field=f"{at}.reports")
        for report in one["reports"]:
            _check_report(at, one["gate"], report)
    named = [one["gate"] for one in disputes]
    if len(named) != len(set(named)):
        raise Invalid("contradiction", "Say what is disputed about a gate once, with all reports.", field="disputes")


def _check_report(at: str, gate: str, report: Mapping[str, Any]) -> None:
    value = report.get("value")
    if value is not None and value not in gates.VALUES[gate]:
        raise Invalid("unknown_gate", f"{at}: {value!r} is none of {', '.join(gates.VALUES[gate])}.", field=at)
    if value is None and not report.get("text"):
        raise Invalid("says_nothing", f"{at}: the report by {report['by']} needs a value or a text.", field=at)


def told_services(
    was: Mapping[str, Mapping[str, Any]], said: Mapping[str, Mapping[str, Any]], now: datetime
) -> dict[str, dict[str, Any]]:
    """Services after something was said of some: each keeps the moment since when it is at its level.

    Services are told one by one: those not mentioned keep what was last said of them.
    """
    told = {code: dict(one) for code, one in was.items()}
    for code, one in said.items():
        same = code in told and told[code]["level"] == one["level"]
        expected = one.get("expected_at")
        told[code] = {
            "level": one["level"],
            "since": told[code]["since"] if same else instant(now),
            "expected_at": instant(expected) if expected else None,
            "note": one.get("note") or None,
        }
    return told


def gates_since(
    was: Mapping[str, str | None], since: Mapping[str, str], said: Mapping[str, str | None], now: datetime
) -> dict[str, str]:
    """Since when each gate that says something has said it."""
    return {
        gate: since[gate] if was.get(gate) == value and gate in since else instant(now)
        for gate, value in said.items()
        if value is not None
    }


def told_disputes(disputes: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "gate": one["gate"],
            "reports": [
                {"by": report["by"], "value": report.get("value"), "text": report.get("text") or None}
                for report in one["reports"]
            ],
        }
        for one in disputes
    ]

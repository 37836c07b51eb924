"""Gates: what a site accepts. A site's effective gate is the strictest of what its running diversions say.

Four gates are independent because real incidents mixed them: one hospital lost its records and turned
ambulances away while its mobile team kept driving; another took only vital cases by foot and by road.
Pure rules: plain values in, plain values out. A gate of ``None`` means that a declaration says nothing
about it, which is never read as "open by declaration". Where reports contradict each other, nothing is said
about the gate and the contradiction itself is told: ``disputed``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

AMBULANCES: Final = "ambulances"
SMUR_DESTINATION: Final = "smur_destination"
SMUR_BASE: Final = "smur_base"
WALK_INS: Final = "walk_ins"

#: Each gate's values from the mildest to the strictest; the first is what holds without any declaration.
VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    AMBULANCES: ("open", "life_threatening", "closed"),
    SMUR_DESTINATION: ("open", "life_threatening", "closed"),
    SMUR_BASE: ("available", "withdrawn"),
    WALK_INS: ("open", "vital_only", "closed"),
}
GATES: Final = tuple(VALUES)

#: The only urgency that a gate at "life_threatening" still admits.
VITAL: Final = "vital"


@dataclass(frozen=True, slots=True)
class Said:
    """What one running diversion says: its identity, its state, its gates and the capabilities it closes.

    ``since`` has the moment (UTC, ISO 8601) each gate was given its value; ``accepts`` the capabilities whose
    patients are taken whatever the gates say, such as births; ``disputed`` the gates about which reports differ.
    One that is ``suspended`` by the region's rule for overload runs on, and restricts nothing meanwhile.
    """

    diversion_id: str
    state: str
    gates: Mapping[str, str | None]
    closed_capabilities: tuple[str, ...] = ()
    accepts: frozenset[str] = frozenset()
    since: Mapping[str, str | None] = field(default_factory=dict)
    disputed: frozenset[str] = frozenset()
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Gate:
    """One effective gate: its value, the diversions that cause it, since when, and what it accepts all the same."""

    value: str
    because: tuple[str, ...] = ()
    since: str | None = None
    accepts: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effective:
    """All effective gates of a site, its closed capabilities, and the one-word condition a list shows."""

    gates: Mapping[str, Gate]
    closed_capabilities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    condition: str = "open"

    def value(self, gate: str) -> str:
        return self.gates[gate].value


def strictness(gate: str, value: str | None) -> int:
    """How strict a value is (0 = unrestricted). Raises ValueError for a value the gate does not have."""
    return 0 if value is None else VALUES[gate].index(value)


def effective(said: Iterable[Said]) -> Effective:
    """The effective gates of a site from everything its running diversions say."""
    running = tuple(said)
    in_force = tuple(one for one in running if not one.suspended)
    gates = {gate: _strictest(gate, in_force) for gate in GATES}
    return Effective(gates, _closed(in_force), _condition(running, in_force, gates))


def _strictest(gate: str, in_force: tuple[Said, ...]) -> Gate:
    disputed = tuple(one.diversion_id for one in in_force if gate in one.disputed)
    worst = max((strictness(gate, one.gates.get(gate)) for one in in_force), default=0)
    if worst == 0:
        return Gate(VALUES[gate][0], disputed=disputed)
    value = VALUES[gate][worst]
    causes = [one for one in in_force if one.gates.get(gate) == value]
    since = [moment for one in causes if (moment := one.since.get(gate)) is not None]
    return Gate(
        value,
        tuple(one.diversion_id for one in causes),
        # One form for all moments, so that the earliest text is the earliest moment.
        min(since, default=None),
        _accepted(gate, in_force),
        disputed,
    )


def _accepted(gate: str, in_force: Iterable[Said]) -> tuple[str, ...]:
    """What every diversion that restricts this gate accepts all the same: one that does not is the strictest."""
    restricting = [one.accepts for one in in_force if strictness(gate, one.gates.get(gate)) > 0]
    return tuple(sorted(frozenset.intersection(*restricting)))


def _closed(in_force: tuple[Said, ...]) -> Mapping[str, tuple[str, ...]]:
    closed: dict[str, tuple[str, ...]] = {}
    for one in in_force:
        for code in one.closed_capabilities:
            closed[code] = (*closed.get(code, ()), one.diversion_id)
    return closed


def _condition(running: tuple[Said, ...], in_force: tuple[Said, ...], gates: Mapping[str, Gate]) -> str:
    if not running:
        return "open"
    if gates[AMBULANCES].value == "closed":
        return "diverted"
    restricted = any(gate.because for gate in gates.values()) or any(one.closed_capabilities for one in in_force)
    if restricted:
        # However far recovery has come: somebody is still not taken, and that is what a list is read for.
        return "limited"
    if any(one.state == "recovering" for one in running):
        return "reopening"
    # A running declaration that restricts nothing yet is still news: somebody suspects something.
    return "suspected" if any(one.state == "suspected" for one in running) else "limited"


def restricts(one: Said) -> bool:
    """Whether a diversion restricts anything, or may: what does is not taken back without dispatch."""
    said = bool(one.closed_capabilities) or any(strictness(gate, one.gates.get(gate)) > 0 for gate in GATES)
    return said or bool(one.disputed)


def loosens(before: Said, after: Said) -> bool:
    """Whether anybody would be admitted after who was not before, as far as this one diversion goes."""
    milder = any(strictness(gate, after.gates.get(gate)) < strictness(gate, before.gates.get(gate)) for gate in GATES)
    reopened = not set(before.closed_capabilities) <= set(after.closed_capabilities)
    # An exception to a gate that did not restrict before excepts nobody from anything.
    restricted = any(strictness(gate, before.gates.get(gate)) > 0 for gate in (AMBULANCES, SMUR_DESTINATION))
    settled = any(strictness(gate, after.gates.get(gate)) == 0 for gate in before.disputed - after.disputed)
    return milder or reopened or settled or (restricted and not after.accepts <= before.accepts)


def tightens(before: Said, after: Said) -> bool:
    """Whether anybody is refused after, or may be, who was not before: what dispatch has not seen yet."""
    return loosens(after, before)


def destination_gate(*, vehicle_kind: str, physician_on_board: bool) -> str:
    """Which gate decides for a transport: a SMUR/PIT mission has its own, everything else the ambulance gate."""
    return SMUR_DESTINATION if physician_on_board or vehicle_kind in ("smur", "pit") else AMBULANCES


def admits(gate: Gate, urgency: str, needs: Collection[str] = ()) -> bool:
    """Whether a destination gate admits a patient of this urgency who needs these capabilities."""
    if gate.value == "open" or (gate.value == "life_threatening" and urgency == VITAL):
        return True
    return not set(gate.accepts).isdisjoint(needs)

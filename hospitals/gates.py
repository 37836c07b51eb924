"""Gates: what a site accepts. A site's effective gate is the strictest of what its running diversions say.

Four gates are independent because real incidents mixed them: one hospital lost its records and turned
ambulances away while its mobile team kept driving; another took only vital cases by foot and by road.
Pure rules: plain values in, plain values out. A gate of ``None`` means that a declaration says nothing
about it, which is never read as "open by declaration".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
    """What one running diversion says: its identity, its state, its gates and the capabilities it closes."""

    diversion_id: str
    state: str
    gates: Mapping[str, str | None]
    closed_capabilities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Gate:
    """One effective gate: its value and the diversions that cause it (empty when nothing restricts it)."""

    value: str
    because: tuple[str, ...] = ()


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
    gates = {gate: _strictest(gate, running) for gate in GATES}
    return Effective(gates, _closed(running), _condition(running, gates))


def _strictest(gate: str, running: tuple[Said, ...]) -> Gate:
    worst = max((strictness(gate, one.gates.get(gate)) for one in running), default=0)
    if worst == 0:
        return Gate(VALUES[gate][0])
    value = VALUES[gate][worst]
    return Gate(value, tuple(one.diversion_id for one in running if one.gates.get(gate) == value))


def _closed(running: tuple[Said, ...]) -> Mapping[str, tuple[str, ...]]:
    closed: dict[str, tuple[str, ...]] = {}
    for one in running:
        for code in one.closed_capabilities:
            closed[code] = (*closed.get(code, ()), one.diversion_id)
    return closed


def _condition(running: tuple[Said, ...], gates: Mapping[str, Gate]) -> str:
    if not running:
        return "open"
    if gates[AMBULANCES].value == "closed":
        return "diverted"
    if any(one.state == "recovering" for one in running):
        return "reopening"
    restricted = any(gate.because for gate in gates.values()) or any(one.closed_capabilities for one in running)
    if restricted:
        return "limited"
    # A running declaration that restricts nothing yet is still news: somebody suspects something.
    return "suspected" if any(one.state == "suspected" for one in running) else "limited"


def destination_gate(*, vehicle_kind: str, physician_on_board: bool) -> str:
    """Which gate decides for a transport: a SMUR/PIT mission has its own, everything else the ambulance gate."""
    return SMUR_DESTINATION if physician_on_board or vehicle_kind in ("smur", "pit") else AMBULANCES


def admits(value: str, urgency: str) -> bool:
    """Whether a destination gate of this value admits a patient of this urgency."""
    return value == "open" or (value == "life_threatening" and urgency == VITAL)

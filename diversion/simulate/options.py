"""What a run of the simulator is told, and the tokens it acts with. Credentials are read once and never printed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class CredentialsError(ValueError):
    """The credentials file cannot be used; the message says why and never what is in it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    cad: str = field(repr=False)
    staff: str = field(repr=False)
    sites: Mapping[str, str] = field(repr=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    url: str
    credentials: Credentials
    region: str
    seed: int = 2023
    speed: float = 1.0
    city_speed: float = 1.0
    replay: str | None = None
    vehicles: int | None = None
    demand: float = 1.0
    human_sites: frozenset[str] = frozenset()


def default_city_speed(speed: float, replay: bool) -> float:
    """A replay compresses its story, not its vehicles: who is under way when a gate closes must still be on the road
    when the dispatcher decides. Without a story the city itself may run up to four times faster."""
    return 1.0 if replay else min(speed, 4.0)


def credentials(path: Path) -> Credentials:
    try:
        told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))["simulation"]
        return Credentials(str(told["cad_token"]), str(told["staff_token"]), dict(told.get("sites") or {}))
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise CredentialsError(f"{path}: not the file that seed_demo writes") from error

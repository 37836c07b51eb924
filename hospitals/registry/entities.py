"""The typed contents of a checked registry: frozen values in which None always means "not established"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Corner = tuple[float, float]
Kind = Literal["region", "hospital", "site", "base"]


@dataclass(frozen=True, slots=True)
class Name:
    """The same name or text in each language; ``en`` is None where the format has only French and Dutch."""

    fr: str
    nl: str
    en: str | None = None


@dataclass(frozen=True, slots=True)
class Coded:
    """A code of the region's vocabulary (capability, vehicle status) and how it reads on screen."""

    code: str
    name: Name


@dataclass(frozen=True, slots=True)
class Position:
    """WGS 84 degrees, with what the point stands for and how far it is to be believed."""

    lat: float
    lon: float
    precision: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Street:
    """Street and number; a language in which the street has no established name is None."""

    fr: str | None
    nl: str | None


@dataclass(frozen=True, slots=True)
class Address:
    street: Street | None
    postal_code: str
    commune: Name


@dataclass(frozen=True, slots=True)
class Beds:
    """Recognised beds of the whole site, not of its ED, and the year the count is of."""

    count: int
    year: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says about one capability of one site: yes or no, never "not established"."""

    code: str
    value: bool
    detail: Name | None
    confidence: str
    source: str


@dataclass(frozen=True, slots=True)
class Region:
    """``boundary``: outer ring of (lon, lat), plausibility only. ``policy``: overrides of the defaults."""

    id: str
    name: Name
    timezone: str
    boundary: tuple[Corner, ...]
    dispatch_phone: str | None
    policy: tuple[tuple[str, int], ...]
    vehicle_statuses: tuple[Coded, ...]
    capabilities: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class Hospital:
    id: str
    name: Name
    network: str | None
    notes: str | None


@dataclass(frozen=True, slots=True)
class Site:
    """One campus. ``ed_level_inferred``: the level follows from another fact, no source states it."""

    id: str
    hospital: str
    name: Name
    short: Name
    zone: str
    address: Address
    position: Position
    phone: str | None
    phone_ed: str | None
    beds: Beds | None
    fps_site_number: int | None
    recognition_number: str | None
    ed_level: str | None
    ed_level_inferred: bool
    destination: str
    smur_base: bool | None
    capabilities: tuple[Claim, ...]
    confidence: str
    sources: tuple[str, ...]
    notes: str | None

    def claim(self, code: str) -> Claim | None:
        """What is established about a capability here; None is "not established", never "no"."""
        return next((claim for claim in self.capabilities if claim.code == code), None)


@dataclass(frozen=True, slots=True)
class Base:
    """Where vehicles leave from. ``site`` is None away from hospitals; ``vehicles`` is None when not counted."""

    id: str
    kind: str
    site: str | None
    name: Name
    operator: str | None
    position: Position
    vehicles: int | None
    active: bool
    legal_clause: str | None
    confidence: str
    sources: tuple[str, ...]
    notes: str | None


@dataclass(frozen=True, slots=True)
class Registry:
    """One region's file, in the file's order."""

    region: Region
    hospitals: tuple[Hospital, ...]
    sites: tuple[Site, ...]
    bases: tuple[Base, ...]
    attribution: str

    def entities(self) -> Iterator[tuple[Kind, Region | Hospital | Site | Base]]:
        """(kind, entity) in the order in which references demand that they be written."""
        yield "region", self.region
        yield from (("hospital", one) for one in self.hospitals)
        yield from (("site", one) for one in self.sites)
        yield from (("base", one) for one in self.bases)

"""What is studied: each closure with how busy the region is, how many were bound there, and how fast people are."""

from __future__ import annotations

from dataclasses import dataclass, field

from diversion.simulate.replay import load
from diversion.study.closures import Closure, of_replay, shut
from diversion.study.incident import Desk
from diversion.study.region import region


@dataclass(frozen=True, slots=True)
class Scenario:
    """``bound`` are on their way there beside those whom the demand has bound there at that moment by itself."""

    code: str
    title: str
    region: str
    closure: Closure
    bound: int = 0
    rate: float = 1.0
    desk: Desk = field(default_factory=Desk)


def _replayed(
    code: str, title: str, *, rate: float = 1.0, bound: int | None = None, decides_s: float | None = None
) -> Scenario:
    """As its file tells it, with as many bound there as it assumes, unless told otherwise."""
    replay = load(code.partition("/")[0])
    assumed = len(replay.in_flight.patients) if replay.in_flight else 0
    desk = Desk() if decides_s is None else Desk(decides_s=decides_s)
    return Scenario(code, title, replay.region, of_replay(replay), assumed if bound is None else bound, rate, desk)


def _supposed(code: str, title: str, region_code: str, site: str) -> Scenario:
    return Scenario(code, title, region_code, shut(frozenset({site})), 6)


def _network(code: str, title: str, network: str, *, bound: int, rate: float = 1.0) -> Scenario:
    networks = region("brussels").networks
    sites = frozenset(site for site, its in networks.items() if its == network)
    return Scenario(code, title, "brussels", shut(sites), bound, rate)


def scenarios() -> tuple[Scenario, ...]:
    return (
        Scenario("none", "No closure", "brussels", Closure(())),
        _replayed("saint-pierre-2023", "Saint-Pierre 2023"),
        _replayed("chrsm-2023", "CHR Sambre et Meuse 2023"),
        _replayed("saint-luc-2025", "Saint-Luc 2025, as reported"),
        _replayed("citadelle-2022", "Citadelle 2022, as reported"),
        _supposed("saint-luc-shut", "Saint-Luc, had it refused ambulances", "brussels", "saint-luc"),
        _supposed("citadelle-shut", "Citadelle, had it refused ambulances", "liege", "citadelle"),
        _replayed("saint-pierre-2023/busy", "Saint-Pierre 2023, three times the patients", rate=3.0),
        _network("network", "A whole network (13 sites) at once", "CHORUS", bound=12),
        _network("network/busy", "The network, three times the patients", "CHORUS", bound=24, rate=3.0),
        *(_replayed(f"saint-pierre-2023/{n}", f"Saint-Pierre 2023, {n} bound there", bound=n) for n in (0, 3, 12, 24)),
        _replayed("saint-pierre-2023/fast", "12 bound there, people fast (10 s each)", bound=12, decides_s=10.0),
        _replayed("saint-pierre-2023/slow", "12 bound there, people slow (45 s each)", bound=12, decides_s=45.0),
    )

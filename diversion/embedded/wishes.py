"""What ./run is asked for. Everything is judged before anything is started."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

REPLAYS = Path("diversion/simulate/replays")
HOME_REGION = "brussels"
MAP = "map"
MOST = 64  # processes of one kind; beyond it somebody has mistyped


@dataclass(frozen=True)
class Wishes:
    port: int
    state: Path
    reset: bool
    simulation: bool
    replay: str
    speed: str
    map: Path | None
    map_date: str | None
    web: int
    clocks: int
    workers: int
    replace: bool

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def region(self) -> str:
        """Where the incident happened; some did not in Brussels."""
        told = REPLAYS / f"{self.replay}.json"
        return str(json.loads(told.read_text())["region"]) if self.simulation and told.exists() else HOME_REGION

    @property
    def logins(self) -> Path:
        return self.state / ("logins.json" if self.region == HOME_REGION else f"logins-{self.region}.json")


def read(arguments: list[str]) -> Wishes:
    parser = argparse.ArgumentParser(prog="./run")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--reset", action="store_true")
    parser.add_argument("--no-simulation", dest="simulation", action="store_false")
    parser.add_argument("--replay", default="saint-pierre-2023")
    parser.add_argument("--speed", default="60")
    parser.add_argument("--map", type=Path)
    parser.add_argument("--map-date")
    parser.add_argument("--web", type=_count, default=2, metavar="N")
    parser.add_argument("--clocks", type=_count, default=1, metavar="N")
    parser.add_argument("--workers", type=_count, default=1, metavar="N")
    parser.add_argument("--replace", action="store_true")
    wishes = Wishes(**vars(parser.parse_args(arguments)))
    known = sorted(path.stem for path in REPLAYS.glob("*-*.json"))
    if known and wishes.simulation and wishes.replay not in known:
        parser.error(f"there is no replay {wishes.replay!r}; there are {', '.join(known)}")
    wishes.state.parent.mkdir(parents=True, exist_ok=True)
    return wishes


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"a number from 1 to {MOST}, not {text!r}")
    return int(text)

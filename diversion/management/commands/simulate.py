"""`manage.py simulate`: reads its arguments and hands over to the simulator, which knows nothing of this project."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from diversion.simulate.driver import Simulation
from diversion.simulate.options import CredentialsError, Options, credentials, default_city_speed
from diversion.simulate.replay import ReplayError, available, load


class Command(BaseCommand):
    help = "A simulated city, or a replayed incident, that drives the product through its public interface."
    requires_system_checks: list[str] = []  # a separate process: the server checks itself

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--credentials", type=Path, help="the JSON file that seed_demo writes")
        parser.add_argument("--region", help="default: brussels, or the region of the replay")
        parser.add_argument("--seed", type=int, default=2023)
        parser.add_argument("--speed", type=_positive, default=1.0, help="how much faster the story is told")
        parser.add_argument("--city-speed", type=_positive, help="how much faster vehicles move; see the README")
        parser.add_argument("--replay", metavar="NAME", help="a shipped replay, or the path of a file")
        parser.add_argument("--list-replays", action="store_true")
        parser.add_argument("--vehicles", type=int, help="scale the fleet and the demand to this many vehicles")
        parser.add_argument("--demand", type=_positive, default=1.0, help="patients, as a multiple of a usual day")
        parser.add_argument("--human-site", action="append", default=[], metavar="ID", help="a person plays this ED")

    def handle(self, **told: Any) -> None:
        if told["list_replays"]:
            for name in available():
                self.stdout.write(f"{name}  {load(name).title['en']}")
            return
        if told["credentials"] is None:
            raise CommandError("--credentials is needed: the file that seed_demo writes")
        try:
            options = _options(told)
        except (CredentialsError, ReplayError) as error:
            raise CommandError(str(error)) from error
        asyncio.run(Simulation(options).run())


def _options(told: dict[str, Any]) -> Options:
    replay = load(told["replay"]) if told["replay"] else None
    if replay and told["region"] and not _is_there(told["region"], replay.region):
        raise ReplayError(f"{replay.id} happened in {replay.region}, not in {told['region']}")
    if told["vehicles"] is not None and told["vehicles"] < 1:
        raise ReplayError("--vehicles must be at least 1")
    return Options(
        url=told["url"],
        credentials=credentials(told["credentials"]),
        region=told["region"] or (replay.region if replay else "brussels"),
        seed=told["seed"],
        speed=told["speed"],
        city_speed=told["city_speed"] or default_city_speed(told["speed"], replay is not None),
        replay=told["replay"],
        vehicles=told["vehicles"],
        demand=told["demand"],
        human_sites=frozenset(told["human_site"]),
    )


def _is_there(region: str, happened_in: str) -> bool:
    """Whether a region is the one named, or an exercise of it; any other has not the hospitals of the story."""
    return region == happened_in or re.fullmatch(rf"{re.escape(happened_in)}-exercise-[0-9]+", region) is not None


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise ValueError(text)
    return value

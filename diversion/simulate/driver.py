"""The one place where the simulation meets the world: clock, network, signals.

Three loops share one picture: the city once a second, the people twice a second, the story when its steps are due.
Each survives a server that restarts; all end when the process is asked to.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
import uuid
from collections.abc import Mapping
from typing import Any

from .api import Api
from .city import City, Pace
from .crews import Crews
from .demand import Patient
from .dispatch import Dispatch
from .feed import Feed
from .offering import Offers
from .options import Options
from .outbox import Outbox
from .people import People
from .picture import Picture
from .places import fleet, hospital
from .replay import InFlight, Replay, load
from .staff import Staff, desks
from .story import Story, real_hour
from .telling import Telling
from .town import Town, build
from .voice import Voice


class Simulation:
    def __init__(self, options: Options) -> None:
        self._options = options
        self._run = uuid.uuid4().hex[:8]
        self._voice = Voice()
        self._api = Api(options.url, self._run)
        self._picture = Picture()
        self._arrived = asyncio.Event()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        replay = load(self._options.replay) if self._options.replay else None
        work = asyncio.create_task(self._work(replay))
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await self._api.close()
        self._voice.say("The simulation has ended.")

    async def _work(self, replay: Replay | None) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            await self._arrived.wait()
            [region] = self._picture.all("region")
            story = self._story(replay.placed(region["id_prefix"]) if replay else None)
            dispatch = await self._open(story)
            tasks.create_task(self._drive(dispatch))
            tasks.create_task(self._act(dispatch))
            if story is not None:
                await self._tell(story)

    async def _follow(self) -> None:
        feed = Feed(self._api, self._options.region, self._options.credentials.cad, self._voice)
        async for frame in feed.frames(lambda: self._picture.cursor):
            self._picture.apply(frame)
            if self._picture.complete:
                self._arrived.set()

    def _story(self, replay: Replay | None) -> Story | None:
        return Story(replay, speed=self._options.speed, begins=time.time()) if replay else None

    async def _open(self, story: Story | None) -> Dispatch:
        options, now = self._options, time.time()
        [region] = self._picture.all("region")
        sites = list(self._picture.all("site"))
        town = await asyncio.to_thread(build, home(region), [(s["lon"], s["lat"]) for s in sites if _general(s)])
        hospitals = [hospital(state, town.plane) for state in sites]
        vehicles = fleet(home(region), hospitals, town.plane, options.vehicles, region["id_prefix"])
        zone = str(region["timezone"])
        hour = story.hour if story else lambda at: real_hour(zone, at)
        pace = Pace(options.seed, self._run, options.city_speed, now, hour, options.demand)
        city = City(town, vehicles, frozenset(row["code"] for row in region["capabilities"]), pace)
        outbox = Outbox(self._api, options.region, options.credentials.cad, self._voice)
        dispatch = Dispatch(town, city, vehicles, self._picture, outbox)
        dispatch.learn()
        if story is not None and story.replay.in_flight is not None:
            _arrange(city, town, story, story.replay.in_flight)
        await asyncio.to_thread(city.warm_up)
        adopted = dispatch.take_over()
        self._voice.say(f"{region['name']['en']}: {len(vehicles)} vehicles, {adopted} transports taken over, "
                        f"the city at {options.city_speed:g} times real speed.")  # fmt: skip
        return dispatch

    async def _drive(self, dispatch: Dispatch) -> None:
        due = time.monotonic()
        while True:
            await dispatch.tick(time.time())
            # A second that was missed is not made up for: the next report is as fresh.
            due = max(due + 1.0, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _act(self, dispatch: Dispatch) -> None:
        options = self._options
        staffed = desks(self._picture.all("site"), options.human_sites, options.seed)
        for site in sorted(desk.site for desk in staffed.values() if desk.muted):
            self._voice.say(f"The screen at {site} is muted in this simulation.")
        staff, crews = Staff(staffed, options.seed), Crews(options.seed)
        offers = Offers(staff, options.seed)
        people = People(self._api, options.credentials, crews, staff, offers, self._voice)
        while True:
            await people.tick(time.time(), self._picture, dispatch)
            await asyncio.sleep(0.5)

    async def _tell(self, story: Story) -> None:
        telling = Telling(self._api, story, self._options.credentials, self._picture, self._run, self._voice)
        missing = telling.missing_tokens()
        if missing:
            self._voice.warn("tokens", f"no token for {', '.join(missing)}: this replay cannot be told")
            return
        self._voice.say(f"{story.replay.title['en']}, at {self._options.speed:g} times real speed.")
        await telling.run()


def home(region: Mapping[str, Any]) -> str:
    """The real region whose streets and posts these are: an exercise takes place in a copy of it."""
    return str(region["exercise_of"] or region["id"])


def _general(site: object) -> bool:
    return isinstance(site, dict) and site["destination"] == "general"


def _arrange(city: City, town: Town, story: Story, told: InFlight) -> None:
    patients = [
        Patient(
            point=town.centres[0],
            urgency=row["urgency"],
            needs=(),
            age_band=row.get("age_band", "adult"),
            sex=row.get("sex", "unknown"),
            smur=bool(row.get("physician")),
            pit=False,
            physician_stays=bool(row.get("physician")),
            carried=True,
        )
        for row in told.patients
    ]
    city.arrange(told.site, story.told_at(told.step), patients, told.minutes)

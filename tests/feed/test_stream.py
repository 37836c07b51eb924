"""Server-sent events: the same frames, each with the cursor as its id, so that a reader resumes by itself."""

from __future__ import annotations

from diversion.models import Stream
from tests.sockets import Server, stream
from tests.world import REGION, World


def head() -> int:
    return Stream.objects.get(pk=REGION).head


def test_a_stream_begins_like_a_socket(real_world: World, server: Server):
    with stream(server.origin, real_world.cad_secret) as events:
        assert events.answer.headers["content-type"].startswith("text/event-stream")
        assert events.answer.headers["cache-control"] == "no-store"
        assert events.next()[1]["type"] == "hello"
        identity, snapshot = events.next()
        assert snapshot["type"] == "snapshot"
        assert identity == snapshot["cursor"]


def test_the_id_of_every_block_is_the_cursor_to_resume_from(real_world: World, server: Server):
    with stream(server.origin, real_world.cad_secret) as events:
        events.next("snapshot")
        real_world.declare()
        identity, frame = events.next("events")
        assert identity == frame["cursor"]
        identity, frame = events.next("tick")
        assert identity == frame["cursor"]


def test_a_browser_that_comes_back_says_its_last_id_and_misses_nothing(real_world: World, server: Server):
    with stream(server.origin, real_world.cad_secret) as events:
        last, _ = events.next("snapshot")
    before = head()
    real_world.declare()
    with stream(server.origin, real_world.cad_secret, last_id=last) as events:
        assert events.events_up_to(head()) == [before + 1]


def test_an_integrator_may_say_it_in_the_address_as_well(real_world: World, server: Server):
    with stream(server.origin, real_world.cad_secret, after="0:-") as events:
        _, frame = events.next("events", "snapshot")
        assert [event["seq"] for event in frame["events"]] == list(range(1, head() + 1))

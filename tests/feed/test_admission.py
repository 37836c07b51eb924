"""Who may open a socket, and for how long: until logging out, losing the role, or being shut out, and no longer."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from django.test import Client
from websockets.exceptions import InvalidStatus

from diversion.commands import members
from diversion.identity import digest
from diversion.log import CommandKey
from diversion.models import ApiToken, Event
from tests.access.actors import secret_of
from tests.feed.conftest import Join
from tests.sockets import Reader, Server, open_socket, stream
from tests.world import REGION, World


def refused(server: Server, **how: str | None) -> int:
    with pytest.raises(InvalidStatus) as error:
        open_socket(server.origin, **how)
    return error.value.response.status_code


def bye(reader: Reader) -> tuple[int | None, str | None]:
    """The close code, and what the goodbye before it said."""
    code, frames = reader.closed()
    goodbyes = [frame["reason"] for frame in frames if frame["type"] == "bye"]
    return code, goodbyes[-1] if goodbyes else None


# ------------------------------------------------------------------ from where


FOREIGN = ["https://evil.example", "http://localhost.evil.example", "null", "http://[", "http://localhost:x", "\u00e9"]


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_foreign_page_opens_no_socket_with_our_cookie(server: Server, session: Callable, origin: str):
    assert refused(server, session=session("dina"), sent_origin=origin) == 403


def test_a_cookie_without_an_origin_opens_no_socket(server: Server, session: Callable):
    assert refused(server, session=session("dina"), sent_origin=None) == 403


def test_a_cookie_with_a_made_up_authorization_opens_no_socket(server: Server, session: Callable):
    reader = Reader(open_socket(server.origin, session=session("dina"), sent_origin=None, token="made-up"))
    assert bye(reader) == (4401, "logged_out")


def test_a_machine_that_names_a_foreign_origin_opens_no_socket(real_world: World, server: Server):
    assert refused(server, token=real_world.cad_secret, sent_origin="https://evil.example") == 403


def test_nobody_without_an_origin_opens_no_socket(server: Server):
    assert refused(server, sent_origin=None) == 403


def test_a_machine_needs_no_origin(real_world: World, join: Join):
    assert join(token=real_world.cad_secret).next("hello")["audience"] == "dispatch"


# ------------------------------------------------------------------ who


def test_without_a_session_one_is_sent_to_log_in(server: Server):
    assert bye(Reader(open_socket(server.origin, session="made-up"))) == (4401, "logged_out")


def test_an_unknown_token_is_sent_away(server: Server):
    assert bye(Reader(open_socket(server.origin, token="made-up"))) == (4401, "logged_out")


def test_an_account_without_a_role_reads_nothing(join: Join):
    reader = join("sam")
    assert bye(reader) == (4403, "denied")
    assert {frame["type"] for frame in reader.frames} == {"bye"}


def test_a_region_without_a_role_there_is_not_read(join: Join):
    assert bye(join("dina", region="elsewhere")) == (4403, "denied")


def test_a_site_does_not_look_through_anothers_eyes(join: Join):
    assert bye(join("clara", audience="sites:saint-luc")) == (4403, "denied")


@pytest.mark.parametrize("audience", ["sites:nowhere", "sites:saint-pierre,nowhere"])
def test_a_site_nobody_knows_shows_no_empty_picture(real_world: World, join: Join, audience: str):
    reader = join(token=real_world.cad_secret, audience=audience)
    assert bye(reader) == (4403, "denied")
    assert {frame["type"] for frame in reader.frames} == {"bye"}


def test_a_wish_nobody_understands_is_refused(join: Join):
    assert bye(join("dina", audience="everything")) == (4403, "denied")


def test_a_token_without_the_scope_reads_nothing(real_world: World, join: Join):
    assert bye(join(token=secret_of(real_world, "cad:write"))) == (4403, "denied")


def test_a_token_of_a_site_reads_that_site(real_world: World, join: Join):
    token = secret_of(real_world, "feed:read", site="saint-luc")
    assert join(token=token).next("hello")["audience"] == "sites:saint-luc"


# ------------------------------------------------------------------ how long


def assert_still_served(world: World, reader: Reader) -> None:
    world.declare(actor=world.sofie)
    reader.events_up_to(Event.objects.latest("seq").seq)


def test_logging_out_closes_the_socket_at_once(
    real_world: World, join: Join, login: Callable[[str], Client], server: Server
):
    browser = login("dina")
    other = join("dirk")
    reader = Reader(open_socket(server.origin, session=browser.cookies["sessionid"].value))
    reader.next("snapshot")
    browser.post("/accounts/logout/")
    assert bye(reader) == (4401, "logged_out")
    assert_still_served(real_world, other)


def test_a_lost_role_closes_the_socket_at_once(real_world: World, join: Join):
    reader, other = join("clara"), join("lucas")
    reader.next("snapshot")
    members.revoke_role(
        actor=real_world.ada,
        key=CommandKey.new(),
        user_id=real_world.users["clara"].pk,
        role="coordinator",
        region_id=REGION,
        site_id="saint-pierre",
    )
    assert bye(reader) == (4403, "access_changed")
    assert_still_served(real_world, other)


def test_another_role_closes_the_socket_too_since_the_picture_is_another(real_world: World, join: Join):
    reader = join("clara")
    reader.next("snapshot")
    members.grant_role(
        actor=real_world.ada,
        key=CommandKey.new(),
        user_id=real_world.users["clara"].pk,
        role="receiver",
        region_id=REGION,
        site_id="saint-jean",
    )
    assert bye(reader) == (4403, "access_changed")
    assert join("clara").next("hello")["audience"] == "sites:saint-jean,saint-pierre"


def test_a_deactivated_account_is_out_at_once(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    members.deactivate_user(
        actor=real_world.ada, key=CommandKey.new(), user_id=real_world.users["dina"].pk, region_id=REGION
    )
    assert bye(reader) == (4401, "logged_out")


def test_a_changed_password_ends_the_sessions_of_the_old_one(real_world: World, join: Join):
    from diversion import doorbell

    reader = join("dina")
    reader.next("snapshot")
    user = real_world.users["dina"]
    user.set_password("a-new-one-for-tests")
    user.save()
    doorbell.ring_access()
    assert bye(reader) == (4401, "logged_out")


def test_a_revoked_token_is_out_at_once(real_world: World, join: Join):
    secret = secret_of(real_world, "feed:read")
    reader = join(token=secret)
    reader.next("snapshot")
    revoke(real_world, secret)
    assert bye(reader) == (4403, "access_changed")


def revoke(world: World, secret: str) -> None:
    members.revoke_token(
        actor=world.ada,
        key=CommandKey.new(),
        region_id=REGION,
        token_id=ApiToken.objects.get(digest=digest(secret)).pk,
    )


def test_a_server_that_stops_says_when_to_come_back(server: Server, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    server.stop()
    assert reader.closed()[0] == 1012


# ------------------------------------------------------------------ the stream of server-sent events


def test_a_stream_without_a_token_is_refused_as_a_problem(server: Server):
    answer = httpx.get(f"{server.origin}/feed/{REGION}/events", trust_env=False)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "logged_out"
    assert "Authorization: Bearer" in answer.json()["detail"]


def test_a_stream_without_the_right_is_refused_as_a_problem(real_world: World, server: Server):
    secret = secret_of(real_world, "cad:write")
    answer = httpx.get(
        f"{server.origin}/feed/{REGION}/events", headers={"Authorization": f"Bearer {secret}"}, trust_env=False
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "denied")


def test_a_stream_is_read_and_not_written(real_world: World, server: Server):
    answer = httpx.post(f"{server.origin}/feed/{REGION}/events", trust_env=False)
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_a_revoked_token_ends_its_stream_with_a_goodbye(real_world: World, server: Server):
    secret = secret_of(real_world, "feed:read")
    with stream(server.origin, secret) as events:
        events.next("snapshot")
        revoke(real_world, secret)
        assert events.next("bye")[1]["reason"] == "access_changed"
        with pytest.raises(EOFError):
            events.next()

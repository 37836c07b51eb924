"""Channels are added, changed, tested and retired by whom the rules say; their addresses never come out again."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import apprise
import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from diversion.commands import channels
from diversion.errors import Conflict, Denied, Invalid, NotFound
from diversion.log import CommandKey
from diversion.models import Channel, Delivery, Event
from diversion.reaching import addresses, schemes, sealing
from diversion.wire.entities import represent
from tests.reaching.channels import add, deliveries, try_all
from tests.reaching.sinks import Gateway
from tests.world import REGION, World

Make = Callable[..., Channel]
SECRET = "s3cr3t-t0ken"


def do(what: str, actor, channel: Channel, **more):
    command = {"change": channels.change_channel, "retire": channels.retire_channel, "test": channels.test_channel}
    recorded = command[what](actor=actor, key=CommandKey.new(), channel_id=channel.pk, **more)
    channel.refresh_from_db()
    return recorded


# ------------------------------------------------------------------ what it does


def test_a_new_channel_is_tried_at_once(channel: Make, gateway: Gateway):
    made = channel()
    assert (made.last_test_at, made.test_asked_at is not None) == (None, True)
    try_all()
    made.refresh_from_db()
    assert (made.last_test_ok, made.failing_since) == (True, None)
    assert gateway.titles == ["Test\u00a0: Night desk / Test: Night desk"]
    assert Event.objects.latest("seq").kind == "channel.tested"


def test_a_new_address_is_tried_at_once_and_a_new_name_is_not(world: World, channel: Make, gateway: Gateway):
    made = channel()
    try_all()
    do("change", world.ada, made, changes={"name": "Day desk"})
    assert Delivery.objects.waiting().count() == 0
    do("change", world.ada, made, changes={"address": gateway.address + "/other"})
    assert [one.hears for one in Delivery.objects.waiting()] == ["test"]


def test_asking_for_a_test_twice_makes_one(world: World, channel: Make):
    made = channel()
    assert do("test", world.ada, made).events == ()
    assert len(deliveries("test")) == 1


def test_a_test_that_waits_for_its_next_try_is_made_now(world: World, channel: Make, gateway: Gateway):
    made = channel()
    gateway.status = 500
    try_all()
    assert deliveries("test")[0].next_at > timezone.now()
    do("test", world.ada, made)
    assert deliveries("test")[0].next_at <= timezone.now()


def test_a_retired_channel_is_gone_from_the_picture_and_delivers_nothing(world: World, channel: Make, gateway: Gateway):
    made = channel()
    do("retire", world.ada, made)
    assert represent(made)["state"] is None
    try_all()
    assert gateway.got == []
    assert [one.state for one in deliveries()] == ["not_needed"]
    with pytest.raises(Conflict):
        do("test", world.ada, made)


def test_a_name_is_free_again_once_its_channel_is_retired(world: World, channel: Make):
    do("retire", world.ada, channel())
    assert channel().active


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"name": "  "}, "name_required"),
        ({"hears": ["gossip"]}, "unknown_subject"),
        ({"address": "nonsense"}, "bad_address"),
        ({"address": "syslog://"}, "bad_address"),
        ({"address": "mailto://"}, "bad_address"),
        ({"name": "Second"}, "name_taken"),
    ],
)
def test_what_cannot_be_a_channel_is_refused(world: World, channel: Make, said: dict, code: str):
    channel("Second")
    with pytest.raises(Invalid) as refused:
        do("change", world.ada, channel(), changes=said)
    assert refused.value.code == code


def test_a_site_nobody_knows_has_no_channel(world: World, gateway: Gateway):
    with pytest.raises(NotFound):
        add(world, gateway.address, site="nowhere")


def test_whoever_looked_at_an_older_channel_is_told(world: World, channel: Make):
    made = channel()
    with pytest.raises(Conflict):
        do("change", world.ada, made, version=0, changes={"name": "Other"})


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "ruth", "ines", "sam", "cad"])
def test_only_an_administrator_adds_changes_and_retires(world: World, channel: Make, who: str):
    made = channel(site="saint-pierre")
    actor = getattr(world, who)
    said = channels.NewChannel(name="x", address="json://127.0.0.1", hears=["declaration"])
    with pytest.raises(Denied):
        channels.add_channel(actor=actor, key=CommandKey.new(), region_id=REGION, channel=said)
    with pytest.raises(Denied):
        do("change", actor, made, changes={"name": "x"})
    with pytest.raises(Denied):
        do("retire", actor, made)


@pytest.mark.parametrize("who", ["ada", "sofie", "clara"])
def test_a_site_channel_is_tested_by_its_coordinator_and_by_those_above(world: World, channel: Make, who: str):
    made = channel(site="saint-pierre")
    try_all()
    assert do("test", getattr(world, who), made).events[0].kind == "channel.test_asked"


@pytest.mark.parametrize("who", ["dina", "lucas", "ruth", "ines", "sam", "cad"])
def test_nobody_else_tests_it(world: World, channel: Make, who: str):
    made = channel(site="saint-pierre")
    with pytest.raises(Denied):
        do("test", getattr(world, who), made)


def test_a_coordinator_does_not_test_the_regions_channels(world: World, channel: Make):
    with pytest.raises(Denied):
        do("test", world.clara, channel())


def test_the_regions_channels_are_for_dispatch_and_a_sites_for_that_site_too(channel: Make):
    assert represent(channel())["scope"] == []
    assert represent(channel("Own", site="saint-pierre"))["scope"] == ["saint-pierre"]


def test_the_doors_open_for_an_administrator(say, world: World, gateway: Gateway):
    body = {"name": "SMS", "address": gateway.address, "hears": ["declaration"]}
    added = say("ada", "POST", f"/api/regions/{REGION}/channels", body)
    assert added.status_code == 200, added.content
    assert SECRET not in added.content.decode()
    pk = added.json()["events"][0]["fact"]["channel"]
    assert say("ada", "POST", f"/api/channels/{pk}/change", {"name": "SMS 2"}).status_code == 200
    assert say("ada", "POST", f"/api/channels/{pk}/test").status_code == 200
    told = say("dina", "GET", f"/api/regions/{REGION}/deliveries")
    assert [(one["hears"], one["state"], one["event_seq"] > 0) for one in told.json()] == [("test", "queued", True)]
    assert say("ada", "POST", f"/api/channels/{pk}/retire").status_code == 200
    assert say("clara", "GET", f"/api/regions/{REGION}/deliveries").status_code == 403
    assert say("dina", "POST", f"/api/regions/{REGION}/channels", body).status_code == 403


def test_the_command_line_adds_lists_tests_and_retires(world: World, gateway: Gateway):
    def manage(action: str, *more: str, address: str = "") -> str:
        out = io.StringIO()
        call_command("channel", action, "--region", REGION, *more, stdout=out, stdin=io.StringIO(address + "\n"))
        return out.getvalue()

    manage("add", "--name", "Night", "--hears", "declaration", address=gateway.address)
    assert "not yet tested" in manage("list")
    try_all()
    assert "arrived" in manage("list")
    assert SECRET not in manage("list")
    manage("test", "--name", "Night")
    gateway.status = 503
    try_all()
    try_all()
    assert "FAILING" in manage("list")
    assert "refused 503" in manage("list")
    manage("retire", "--name", "Night")
    assert manage("list") == ""
    with pytest.raises(CommandError):
        manage("test", "--name", "Night")
    with pytest.raises(CommandError):
        manage("add", "--name", "Other")
    with pytest.raises(CommandError):
        manage("add", "--name", "Other", "--hears", "declaration", address="nonsense")
    with pytest.raises(CommandError):
        manage("add")


# ------------------------------------------------------------------ the address


def test_the_address_is_nowhere_to_be_read(world: World, channel: Make, gateway: Gateway, capfd, say, talkative):
    made = channel()
    gateway.status = 401
    try_all()
    try_all()
    gateway.stop()
    try_all()
    with pytest.raises(Invalid) as refused:
        add(world, f"json://:{SECRET}@", "broken")
    everything = [str(refused.value), str(refused.value.data), *capfd.readouterr(), _dump()]
    deliveries_told = say("dina", "GET", f"/api/regions/{REGION}/deliveries").content
    everything += [str(list(Event.objects.values())), represent(made), deliveries_told]
    everything += [repr(channels.NewChannel(name="n", address=gateway.address, hears=[]))]
    for text in everything:
        assert SECRET not in str(text)
        assert "private/path" not in str(text)


def _dump() -> str:
    """Every row of every table of ours and of the queue, as the database would give it away."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if "_" in name]
        said = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            said.append(str(cursor.fetchall()))
    assert any("gAAAA" in one for one in said), "the sealed address is there"
    return "\n".join(said)


def test_what_was_sealed_under_another_key_is_said_to_be_unreadable(world: World, channel: Make, settings):
    made = channel()
    settings.SECRET_KEY = "another-" * 6
    with pytest.raises(sealing.Unreadable):
        sealing.unseal(made.sealed)
    try_all()
    try_all()
    made.refresh_from_db()
    assert (made.last_error, made.last_test_ok) == ("unreadable", False)


@pytest.mark.parametrize(
    ("url", "medium", "ends"),
    [
        ("mailto://user:pw@smtp.example?to=on.call@hospital.example", "email", "…ple"),
        ("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@+32470000001/+32470000042", "sms", "…042"),
        ("twilio://AC" + "a" * 32 + ":" + "b" * 32 + "@+32470000001/+32470000042?method=call", "voice", "…042"),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#alarms", "chat", "…"),
        ("ntfys://topic", "push", "…"),
        ("jsons://user:pw@hooks.example/token", "webhook", "hooks.example"),
    ],
)
def test_of_an_address_its_medium_and_its_end_are_shown(url: str, medium: str, ends: str):
    shown = addresses.read(url)
    assert shown.medium == medium
    assert shown.ends in (ends, "…ms", "…rms", "…pic")


def test_every_scheme_we_take_is_one_the_library_knows():
    known = set()
    for one in apprise.Apprise().details()["schemas"]:
        known |= set(one.get("protocols") or []) | set(one.get("secure_protocols") or [])
    assert set(schemes.MEDIA) <= known


# ------------------------------------------------------------------ what the database refuses


def test_two_channels_in_use_do_not_share_a_name(world: World, channel: Make):
    made = channel()
    twin = Channel(region=made.region, name=made.name, medium="sms", sealed="x")
    with pytest.raises(IntegrityError, match="channel_name_once_per_region"), transaction.atomic():
        twin.save()


def test_a_channel_does_not_fail_without_saying_why(world: World, channel: Make):
    made = channel()
    with pytest.raises(IntegrityError, match="channel_failing_says_why"), transaction.atomic():
        Channel.objects.filter(pk=made.pk).update(failing_since=timezone.now())


def test_a_delivery_is_not_sent_without_its_moment(world: World, channel: Make):
    channel()
    with pytest.raises(IntegrityError, match="delivery_sent_says_when"), transaction.atomic():
        Delivery.objects.update(state="sent")


def test_a_channel_nobody_knows_is_not_there(world: World):
    with pytest.raises(NotFound):
        channels.test_channel(actor=world.ada, key=CommandKey.new(), channel_id=uuid.uuid4())

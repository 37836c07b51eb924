"""How the simulator bears a server that is away, slow, refusing or restarting. The server here is a small real one."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from diversion.simulate.api import Api, Refused, Unreachable
from diversion.simulate.feed import parse
from diversion.simulate.options import CredentialsError, credentials
from diversion.simulate.outbox import Lane, Outbox
from diversion.simulate.picture import Picture
from diversion.simulate.reports import PositionReport, Reports, TransportReport, VehicleReport
from diversion.simulate.voice import Voice
from tests.simulate.cast import city


class Server:
    """Answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any, dict[str, str]]] = []
        self.status: dict[str, int] = {}
        self.chokes_on = ""
        self.code = "no"
        self.errors: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        message = await receive()
        body = json.loads(message["body"]) if message["body"] else None
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        self.asked.append((scope["method"], scope["path"], body, headers))
        kind = scope["path"].rsplit("/", 1)[-1]
        status = self.status.get(kind, 200)
        if self.chokes_on and self.chokes_on in json.dumps(body):
            status = 500
        answer = {"accepted": 1, "errors": self.errors} if status < 400 else {"code": self.code, "detail": "because"}
        await send(
            {"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]}
        )
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def bodies(self, kind: str) -> list[Any]:
        return [body for _, path, body, _ in self.asked if path.endswith(kind)]


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def api(server: Server) -> Api:
    return Api("http://product", "run", httpx.ASGITransport(app=server))


@pytest.fixture
def outbox(api: Api) -> Outbox:
    made = Outbox(api, "brussels", "secret", Voice())
    known(made)
    return made


def transport(ref: str | None = "sim-1", state: str = "under_way", identity: str | None = None) -> TransportReport:
    return TransportReport(ref, identity, "v1", "erasme", "urgent", (), "adult", "male", False, state, 1_700_000_000.0)


def as_told(report: TransportReport) -> str:
    return report.destination


def known(outbox: Outbox) -> None:
    """The server has taken the vehicles already."""
    outbox._known |= {vehicle: {"ref": vehicle} for vehicle in ("v1", "v2")}


def again(outbox: Outbox) -> None:
    """The back-off has passed."""
    for lane in outbox._lanes.values():
        lane.not_before = 0.0


async def test_positions_are_stamped_with_the_real_time_and_sent_in_one_batch(server: Server, outbox: Outbox):
    rows = [PositionReport("v1", 50.85, 4.35, 271.4, 11.26), PositionReport("v2", 50.86, 4.36, None, 0.0)]
    await outbox.send(rows, as_told)
    [body] = server.bodies("positions")
    first, second = body["positions"]
    assert first | {"at": ""} == {
        "vehicle": "v1", "lat": 50.85, "lon": 4.35, "at": "", "heading": 271, "speed_mps": 11.3,
    }  # fmt: skip
    assert first["at"].endswith("Z")
    assert "heading" not in second


async def test_only_the_latest_report_waits_and_old_positions_never(server: Server, outbox: Outbox):
    server.status = {"transports": 503, "positions": 503}
    outbox.transport(transport(state="planned"))
    await outbox.send([PositionReport("v1", 50.0, 4.0, None, 0.0)], as_told)
    outbox.transport(transport(state="under_way"))
    server.status = {}
    server.asked.clear()
    again(outbox)
    await outbox.send([], as_told)
    [body] = server.bodies("transports")
    assert [row["state"] for row in body["transports"]] == ["under_way"]
    assert server.bodies("positions") == []


async def test_what_was_taken_is_not_sent_again(server: Server, outbox: Outbox):
    outbox.transport(transport())
    await outbox.send([], as_told)
    await outbox.send([], as_told)
    assert len(server.bodies("transports")) == 1


async def test_trouble_with_transports_does_not_stop_positions(server: Server, outbox: Outbox):
    server.status = {"transports": 500}
    outbox.transport(transport())
    await outbox.send([PositionReport("v1", 50.0, 4.0, None, 0.0)], as_told)
    assert len(server.bodies("positions")) == 1


async def test_one_row_that_the_server_chokes_on_does_not_hold_up_the_others(server: Server, outbox: Outbox):
    server.chokes_on = "sim-2"
    for number in range(4):
        outbox.transport(transport(f"sim-{number}"))
    for _ in range(3):
        again(outbox)
        await outbox.send([], as_told)
    single = [body["transports"][0]["ref"] for body in server.bodies("transports") if len(body["transports"]) == 1]
    assert single == ["sim-0", "sim-1", "sim-2", "sim-3"]
    server.asked.clear()
    again(outbox)
    await outbox.send([], as_told)
    assert [body["transports"][0]["ref"] for body in server.bodies("transports")] == ["sim-2"]


async def test_nothing_is_told_of_a_vehicle_that_the_server_does_not_know_yet(server: Server, outbox: Outbox):
    server.status = {"vehicles": 503}
    outbox.vehicle({"ref": "v9"})
    outbox.transport(replace(transport(), vehicle="v9"))
    await outbox.send([PositionReport("v9", 50.0, 4.0, None, 0.0)], as_told)
    assert server.bodies("transports") == server.bodies("positions") == []
    server.status = {}
    for _ in range(2):
        again(outbox)
        await outbox.send([], as_told)
    assert len(server.bodies("transports")) == 1


async def test_a_server_that_lost_a_vehicle_is_told_of_it_again(server: Server, outbox: Outbox):
    server.errors = [{"index": 0, "ref": "sim-1", "code": "unknown_vehicle", "field": "vehicle", "detail": ""}]
    outbox.transport(transport())
    await outbox.send([], as_told)
    server.errors = []
    for _ in range(2):
        await outbox.send([], as_told)
    assert server.bodies("vehicles") == [{"vehicles": [{"ref": "v1"}]}]
    assert len(server.bodies("transports")) == 2


@pytest.mark.parametrize(("code", "told"), [("unknown_transport", False), ("eta_out_of_range", True)])
async def test_a_transport_that_ended_before_it_was_told_of_is_no_trouble(
    server: Server, outbox: Outbox, capfd: pytest.CaptureFixture[str], code: str, told: bool
):
    server.errors = [{"index": 0, "ref": "sim-1", "code": code, "field": "ref", "detail": ""}]
    outbox.transport(transport(state="arrived"))
    await outbox.send([], as_told)
    said = capfd.readouterr()
    assert (code in said.out + said.err) is told


async def test_an_order_outranks_the_last_report(server: Server, outbox: Outbox):
    outbox.transport(transport())
    await outbox.send([], lambda report: "saint-jean")
    assert server.bodies("transports")[0]["transports"][0]["destination"] == "saint-jean"


async def test_a_transport_without_a_reference_is_changed_by_its_identity(server: Server, outbox: Outbox):
    outbox.transport(transport(ref=None, identity="abc"))
    await outbox.send([], as_told)
    outbox.transport(transport(ref=None, identity="abc", state="arrived"))
    await outbox.send([], as_told)
    asked = [(path, body) for _, path, body, _ in server.asked]
    assert asked[0][0] == "/api/transports/abc/update"
    assert asked[1] == ("/api/transports/abc/finish", {"outcome": "arrived"})


async def test_vehicles_are_told_in_full(server: Server, outbox: Outbox, brussels: Any):
    fleet = {unit.vehicle.ref: unit.vehicle for unit in city(brussels, warm=False).work.units}
    outbox.take(Reports(vehicles=[VehicleReport("sim-brussels-smur-1", "available")]), fleet)
    await outbox.send([], as_told)
    [row] = server.bodies("vehicles")[0]["vehicles"]
    assert row["kind"] == "smur"
    assert row["base"]["site"] == "saint-pierre"


async def test_the_same_act_carries_the_same_key_and_another_act_another(server: Server, api: Api):
    for once in ("crew:1", "crew:1", "crew:2"):
        await api.command("/api/redirects/1/acknowledge", "secret", {}, once=once)
    keys = [headers["idempotency-key"] for _, _, _, headers in server.asked]
    assert keys[0] == keys[1] != keys[2]
    assert server.asked[0][3]["authorization"] == "Bearer secret"


async def test_a_refusal_says_why_and_an_outage_may_be_tried_again(server: Server, api: Api):
    server.status = {"acknowledge": 409, "seen": 502}
    with pytest.raises(Refused, match=r"no \(409\): because"):
        await api.command("/api/notices/1/acknowledge", "secret", {})
    with pytest.raises(Unreachable):
        await api.command("/api/notices/1/seen", "secret", {})


async def test_a_server_that_is_not_there_is_unreachable():
    # Port 9 is "discard": nothing listens there.
    with pytest.raises(Unreachable):
        await Api("http://127.0.0.1:9", "run").get("/api/me", "secret")


def test_the_pause_grows_and_is_bounded():
    lane = Lane("positions")
    for _ in range(12):
        lane.failed()
    assert not lane.open()
    assert lane.batch == 1


async def lines(text: str) -> AsyncIterator[str]:
    for line in text.split("\n"):
        yield line


async def test_frames_are_read_from_an_event_stream():
    stream = 'id: 4:a\nevent: events\ndata: {"type":"tick",\ndata: "at":"x"}\n\n: a comment\n\ndata:{"type":"bye"}\n\n'
    assert [frame async for frame in parse(lines(stream))] == [{"type": "tick", "at": "x"}, {"type": "bye"}]


def snapshot(*entities: Any) -> dict[str, Any]:
    return {"type": "snapshot", "cursor": "1:a", "at": "", "entities": list(entities), "positions": [], "log": []}


def change(version: int, state: Any, identity: str = "t1") -> dict[str, Any]:
    return {"kind": "transport", "id": identity, "version": version, "state": state}


def test_the_picture_takes_newer_versions_only_and_keeps_tombstones():
    picture = Picture()
    picture.apply(snapshot(change(3, {"id": "t1", "state": "planned"})))
    picture.apply(
        {"type": "events", "cursor": "2:b", "events": [{"changes": [change(2, {"id": "t1", "state": "old"})]}]}
    )
    assert picture.get("transport", "t1") == {"id": "t1", "state": "planned"}
    picture.apply({"type": "events", "cursor": "3:c", "events": [{"changes": [change(5, None)]}]})
    picture.apply({"type": "events", "cursor": "4:d", "events": [{"changes": [change(4, {"id": "t1"})]}]})
    assert picture.get("transport", "t1") is None
    assert picture.cursor == "4:d"


def test_a_snapshot_replaces_the_picture_and_a_tick_moves_its_cursor():
    picture = Picture()
    picture.apply(snapshot(change(3, {"id": "t1"})))
    picture.apply(snapshot(change(1, {"id": "t2"}, "t2")))
    picture.apply({"type": "tick", "at": "", "cursor": "9:z", "clock_at": None})
    assert [row["id"] for row in picture.all("transport")] == ["t2"]
    assert picture.cursor == "9:z"


def test_credentials_are_read_and_never_shown(tmp_path: Any):
    file = tmp_path / "logins.json"
    file.write_text(json.dumps({"simulation": {"cad_token": "aa-secret", "staff_token": "bb", "sites": {"x": "cc"}}}))
    told = credentials(file)
    assert told.cad == "aa-secret"
    assert "secret" not in repr(told)


@pytest.mark.parametrize("content", ["", "{}", '{"simulation": {}}', "[]"])
def test_a_file_that_is_not_credentials_is_refused_without_quoting_it(tmp_path: Any, content: str):
    file = tmp_path / "logins.json"
    file.write_text(content)
    with pytest.raises(CredentialsError, match="seed_demo"):
        credentials(file)
    with pytest.raises(CredentialsError):
        credentials(tmp_path / "missing.json")

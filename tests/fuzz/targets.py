"""Every place where bytes from outside become values, as a function of bytes that may refuse in its own words only.

A target raises nothing for what its parser refuses as documented; whatever else comes out is a fault of ours. Used by
the tests here for a moment, and by ``python -m tests.fuzz.long`` for as long as one likes.
"""

from __future__ import annotations

import asyncio
import io
import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from rest_framework.exceptions import APIException
from rest_framework.serializers import Serializer

from diversion.api import casualties, channels, forms, sayings
from diversion.api.parse import JSONParser
from diversion.chain import canonical
from diversion.export import NotProven, proven
from diversion.feed import consumer
from diversion.feed.origin import check_origin
from diversion.identity import is_session_key
from diversion.journeys.roads import told_speeds
from diversion.reaching import addresses, push
from diversion.reaching.addresses import NoAddress
from diversion.simulate import replay
from diversion.wire.cursor import Cursor
from hospitals.registry import InvalidRegistryError, UnreadableRegistryError, load, parse

ROOT: Final = Path(__file__).resolve().parents[2]
KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key()
FORMS: Final[tuple[type[Serializer[Any]], ...]] = (
    forms.VehicleItem, forms.PositionItem, forms.TransportItem, forms.OpenTransportForm, forms.RedirectsForm,
    forms.KeepForm, forms.CrewForm, forms.ObjectionForm, forms.ClaimsForm, sayings.DeclareForm, sayings.AmendForm,
    sayings.IncidentForm, sayings.ReopenForm, sayings.QuestionForm, sayings.PolicyForm, casualties.MassCasualtyForm,
    casualties.CapacityOfferForm, channels.AddChannelForm, channels.EnrolForm,
)  # fmt: skip


def registry(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    try:
        parse(load(text))
    except (UnreadableRegistryError, InvalidRegistryError):
        return


def scenario(data: bytes) -> None:
    try:
        replay.read(json.loads(data))
    except (ValueError, RecursionError):  # ReplayError is one; so is what is no JSON
        return


def cursor(data: bytes) -> None:
    found = Cursor.parse(data.decode("latin-1"))
    if found is not None:
        assert Cursor.parse(str(found)) == found
        assert 0 <= found.seq < 2**63, "no such number fits into the log"


def body(data: bytes) -> None:
    """As each door of the interface reads it: bytes, JSON, and what the form makes of it."""
    try:
        said = JSONParser().parse(io.BytesIO(data))
    except APIException:
        return
    for form in FORMS:
        checked = form(data=said)
        if not checked.is_valid():
            json.dumps(checked.errors)


def road_speeds(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        try:
            told = told_speeds(Path(file.name))
        except ValueError:
            return
    assert all(0 <= kmh <= 200 for kmh in told.values())


def handshake(data: bytes) -> None:
    """What a reader says of itself when it opens the feed: header values, and the address after the question mark."""
    value, _, query = data.partition(b"\n")
    headers = [(name, value) for name in (b"authorization", b"last-event-id", b"origin", b"cookie")]
    scope = {"headers": headers, "query_string": query, "cookies": {"sessionid": value.decode("latin-1")}}
    scope["url_route"] = {"kwargs": {"region": "testopolis"}}
    knocked, found = consumer._asked(scope)
    if knocked.session_key is not None and is_session_key(knocked.session_key):
        assert knocked.session_key.isascii()
        assert "\0" not in knocked.session_key
    assert found is None or 0 <= found.seq < 2**63


def origin(data: bytes) -> None:
    """Whatever a browser says where its page is from: let through if it is ours, else answered with a refusal."""
    said: list[str] = []
    left = ["websocket.connect", "websocket.disconnect"]

    async def ours(*_: Any) -> None:
        said.append("ours")

    async def send(message: Any) -> None:
        said.append(message["type"])

    async def receive() -> dict[str, Any]:
        coming, left[:] = left[0], left[1:]
        return {"type": coming, "code": 1000}

    scope = {"type": "websocket", "headers": [(b"origin", data)], "path": "/", "query_string": b""}
    asyncio.run(check_origin(ours)(scope, receive, send))
    assert said in (["ours"], ["websocket.close"]), said


def address(data: bytes) -> None:
    try:
        addresses.read(data.decode("utf-8", "replace"))
    except NoAddress:
        return


def subscription(data: bytes) -> None:
    endpoint, _, rest = data.decode("utf-8", "replace").partition("\n")
    p256dh, _, auth = rest.partition("\n")
    try:
        push.check(push.Subscription(endpoint, p256dh, auth))
    except NoAddress:
        return


def export(data: bytes) -> None:
    try:
        proven(data.decode("utf-8", "replace").splitlines(keepends=True), KEY)
    except NotProven:
        return
    raise AssertionError("what nobody signed was taken for proven")


def canonical_form(data: bytes) -> None:
    try:
        value = json.loads(data, parse_constant=float)
        written = canonical(value)
    except (ValueError, RecursionError):
        return
    assert canonical(json.loads(written)) == written


TARGETS: Final[Mapping[str, Callable[[bytes], None]]] = {
    one.__name__: one
    for one in (
        registry, scenario, cursor, body, road_speeds, handshake, origin, address, subscription, export, canonical_form,
    )
}  # fmt: skip


def seeds(name: str) -> list[bytes]:
    """Honest examples to begin from: a fuzzer that must first guess a brace finds nothing."""
    return [one if isinstance(one, bytes) else one.encode() for one in _SEEDS[name]()]


def _small_registry() -> str:
    whole = json.loads((ROOT / "hospitals" / "data" / "namur.json").read_text())
    return json.dumps({**whole, "sites": whole.get("sites", [])[:1], "hospitals": whole.get("hospitals", [])[:1]})


def _bodies() -> list[str | bytes]:
    one = {"ref": "a1", "call_sign": "AMB 1", "kind": "ambulance", "status": "available", "active": True}
    at = {"vehicle": "a1", "lat": 50.8, "lon": 4.3, "at": "2026-03-11T04:00:07.250Z", "heading": 90}
    drive = {"ref": "t", "vehicle": "a1", "destination": "saint-pierre", "urgency": "urgent", "needs": ["ct"]}
    said = {"cause": "it_outage", "gates": {"ambulances": "closed"}, "services": {"records": {"level": "down"}}}
    return [json.dumps(each) for each in (one, at, drive, said, {"items": [{"transport": "x", "to": "y"}]})]


_SEEDS: Final[Mapping[str, Callable[[], list[str | bytes]]]] = {
    "registry": lambda: ["{}", _small_registry()],
    "scenario": lambda: [(ROOT / "diversion/simulate/replays/citadelle-2022.json").read_text()],
    "cursor": lambda: ["0:-", "17:00000000-0000-0000-0000-000000000001", "9223372036854775808:-"],
    "body": _bodies,
    "road_speeds": lambda: ["3370548,3370549,30\n1,2,0\n"],
    "handshake": lambda: ["Bearer x\nafter=1:-&audience=sites:a,b", "\naudience=dispatch"],
    "origin": lambda: ["http://localhost:8000", "https://evil.example", "null"],
    "address": lambda: ["json://user:secret@host:80/path", "mailto://a.example?to=b@c.example", "twilio://s:t@1/2"],
    "subscription": lambda: ["https://fcm.googleapis.com/x\nBA\nAA"],
    "export": lambda: [
        '{"before":"00","first":1,"format":"diversion log 1","region":"r"}\n{"manifest":{},"signature":""}'
    ],
    "canonical_form": lambda: ['{"a":[1.5,1e30,-0.0,"\\u20ac"]}'],
}

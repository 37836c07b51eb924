"""Attacks on the feed and the server's own doors, over real sockets."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus

from diversion import bodies
from diversion.commands import quarantine
from diversion.feed.admission import Admission, Refused, Request, admit
from diversion.feed.connection import TALK
from diversion.feed.opens import MOST, WINDOW, Opens
from diversion.feed.protocol import LARGEST
from diversion.log import CommandKey
from tests.access.actors import secret_of
from tests.accounts.doors import sign_in, stranger, with_password
from tests.feed.conftest import Join
from tests.feed.test_admission import bye
from tests.sockets import DEADLINE, Reader, Server, open_socket, wait_until
from tests.world import REGION, World


def get(server: Server, path: str, **headers: str) -> httpx.Response:
    return httpx.get(f"{server.origin}{path}", headers=headers, trust_env=False, timeout=DEADLINE)


@pytest.mark.parametrize("name", ["token", "access_token", "authorization", "bearer"])
def test_a_token_in_the_address_opens_nothing(real_world: World, server: Server, name: str):
    """It would stand in every proxy's log."""
    query = {name: real_world.cad_secret}
    with pytest.raises(InvalidStatus):
        open_socket(server.origin, query=query)
    for path in (f"/feed/{REGION}/events", f"/api/regions/{REGION}/snapshot"):
        assert get(server, f"{path}?{name}={real_world.cad_secret}").status_code == 401


def test_a_page_elsewhere_reads_no_stream_with_our_cookie(server: Server, session: Callable[[str], str]):
    """A browser sends it only if the page is ours (SameSite), and shows what comes only to a page we name: none."""
    headers = {"Cookie": f"sessionid={session('dina')}", "Origin": "https://evil.example"}
    with httpx.stream(
        "GET", f"{server.origin}/feed/{REGION}/events", headers=headers, trust_env=False, timeout=DEADLINE
    ) as answer:
        assert not [name for name in answer.headers if name.startswith("access-control")]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_the_login_cookie_does_not_travel_with_requests_of_other_pages(world: World):
    with_password(world.users["ruth"])
    cookie = sign_in(stranger(), "ruth").cookies["sessionid"]
    assert (cookie["samesite"], cookie["httponly"]) == ("Lax", True)


def test_a_session_that_was_ended_has_its_socket_closed_within_a_second(
    real_world: World, server: Server, login: Callable[[str], Client]
):
    browser = login("dina")
    reader = Reader(open_socket(server.origin, session=browser.cookies["sessionid"].value))
    reader.next("snapshot")
    browser.post("/accounts/logout/")
    ended = time.monotonic()
    assert bye(reader) == (4401, "logged_out")
    assert time.monotonic() - ended < 1


def test_the_key_of_a_quarantined_site_reads_nothing_more(real_world: World, server: Server):
    token = secret_of(real_world, "feed:read", site="saint-luc")
    reader = Reader(open_socket(server.origin, token=token))
    reader.next("snapshot")
    quarantine.quarantine_site(actor=real_world.sofie, key=CommandKey.new(), site_id="saint-luc", reason="ransomware")
    assert bye(reader)[0] in (4401, 4403)
    assert bye(Reader(open_socket(server.origin, token=token)))[0] in (4401, 4403)


def test_a_client_that_talks_without_end_is_let_go(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    with contextlib.suppress(ConnectionClosed):  # the server may hang up while we are still talking
        for _ in range(10 * TALK):
            reader.connection.send("listen to me")
    code, frames = reader.closed()
    assert code == 4429
    assert frames[-1] == {"type": "bye", "reason": "too_talkative"}


def test_a_loop_of_connecting_is_told_to_wait_and_holds_up_nobody_else_at_its_address(
    server: Server, join: Join, session: Callable[[str], str]
):
    mine = session("dina")
    for _ in range(MOST):
        open_socket(server.origin, session=mine).close()
    assert bye(Reader(open_socket(server.origin, session=mine))) == (4429, "too_often")
    stream = get(server, f"/feed/{REGION}/events", Cookie=f"sessionid={mine}")
    assert (stream.status_code, stream.json()["code"], stream.headers["retry-after"]) == (429, "too_often", "10")
    # Dirk, and Dina's own other desk, come from the same address.
    for who in ("dirk", "dina"):
        assert join(who).next("snapshot")


def test_a_machine_in_a_loop_of_connecting_is_told_to_wait(real_world: World, server: Server):
    for _ in range(MOST):
        open_socket(server.origin, token=real_world.cad_secret).close()
    assert bye(Reader(open_socket(server.origin, token=real_world.cad_secret))) == (4429, "too_often")


def test_who_holds_many_sockets_gets_no_other_until_one_is_closed(
    real_world: World, server: Server, join: Join, settings
):
    settings.SOCKETS_PER_KEY = 2
    token = real_world.cad_secret
    held = [Reader(open_socket(server.origin, token=token)) for _ in range(2)]
    for reader in held:
        reader.next("snapshot")
    assert bye(Reader(open_socket(server.origin, token=token))) == (4429, "too_often")
    stream = get(server, f"/feed/{REGION}/events", Authorization=f"Bearer {token}")
    assert (stream.status_code, stream.json()["code"]) == (429, "too_often")
    # Nobody else is held up, and who closes one may open another.
    assert join("dina").next("snapshot")
    held.pop().connection.close()
    wait_until(lambda: Reader(open_socket(server.origin, token=token)).next()["type"] == "hello")


def test_a_session_is_let_in_again_after_the_wait_and_what_was_counted_is_forgotten():
    clock = [0.0]
    opens = Opens(lambda: clock[0])
    loop = Request(REGION, session_key="a" * 32)
    for _ in range(MOST * 3):
        opens.count(loop)
    clock[0] = WINDOW - 0.1
    assert opens.count(loop) > MOST
    for number in range(1000):
        opens.count(Request(REGION, session_key=f"{number:032}"))
    clock[0] = WINDOW
    assert opens.count(loop) == 1
    clock[0] = 3 * WINDOW
    opens.count(loop)
    assert len(opens._counted) == 1


def test_five_thousand_screens_that_come_back_at_once_from_one_hospitals_address_are_all_let_in():
    """Each has a session of its own, and tries until it is in: a page of ours does so five times in the window."""
    opens = Opens(lambda: 0.0)
    screens = [Request(REGION, session_key=f"{number:032}") for number in range(5000)]
    assert max(opens.count(screen) for _ in range(5) for screen in screens) <= MOST
    assert opens.count(Request(REGION)) == 0


def test_a_client_that_says_a_little_is_ignored(real_world: World, join: Join):
    reader = join("dina")
    reader.next("snapshot")
    for _ in range(TALK):
        reader.connection.send("{}")
    real_world.declare()
    assert reader.next("events")["events"]


def test_a_message_without_end_is_not_kept_in_memory(join: Join):
    reader = join("dina")
    reader.next("snapshot")
    reader.connection.send("x" * (LARGEST + 1))
    assert reader.closed()[0] == 1009


def test_bytes_that_are_no_websocket_end_that_connection_and_no_other(real_world: World, join: Join):
    attacker, other = join("dina"), join("dirk")
    attacker.next("snapshot")
    other.next("snapshot")
    attacker.connection.socket.sendall(b"\xff\xff\xff\xff" * 8)
    attacker.closed()
    real_world.declare()
    assert other.next("events")["events"]


@pytest.mark.parametrize("cookie", ['"\\000abcdefgh"', '"\\777\\000"', "\u00e9" * 40, "x" * 4000, "''"])
def test_a_cookie_that_no_database_can_hold_is_nobodys_and_fails_nobody(server: Server, cookie: str):
    """Readers are admitted together: what the database refuses of one would be refused to all beside it."""
    headers = {b"Cookie": f"sessionid={cookie}".encode("latin-1")}
    for path in (f"/feed/{REGION}/events", "/api/me"):
        assert httpx.get(f"{server.origin}{path}", headers=headers, trust_env=False).status_code == 401
    assert httpx.get(f"{server.origin}/accounts/login/", headers=headers, trust_env=False).status_code == 200


def test_one_poisoned_reader_does_not_keep_out_those_it_comes_with(real_world: World, session: Callable[[str], str]):
    """Found by fuzzing cookies: the whole batch failed with it."""
    poisoned, honest = Request(REGION, session_key="\0abcdefgh"), Request(REGION, session_key=session("dina"))
    refused, admitted = admit([poisoned, honest])
    assert isinstance(refused, Refused)
    assert isinstance(admitted, Admission)


@pytest.fixture
def raw(server: Server) -> Iterator[Callable[[bytes], bytes]]:
    """Bytes to the server's port; what comes back until it hangs up."""
    opened: list[socket.socket] = []

    def ask(*parts: bytes) -> bytes:
        one = socket.create_connection(("127.0.0.1", server.port), timeout=DEADLINE)
        opened.append(one)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # what it said before is still to be read
            for part in parts:
                one.sendall(part)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while part := one.recv(65536):
                answer += part
        return answer

    yield ask
    for one in opened:
        one.close()


def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(raw: Callable[..., bytes]):
    head = f"POST /api/me HTTP/1.1\r\nHost: localhost\r\nContent-Length: {bodies.LARGEST + 1}\r\n\r\n".encode()
    answer = raw(head)
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer


def test_a_body_without_end_is_cut_off_and_fills_no_disk(raw: Callable[..., bytes]):
    head = b"POST /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
    answer = raw(head, *[chunk] * 16)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path",
    [
        "/static/../diversion/settings.py",
        "/static/..%2f..%2fdiversion/settings.py",
        "/static//etc/passwd",
        "/map/..%2f..%2fetc/streets.pmtiles",
        "/../../etc/passwd",
    ],
)
def test_no_path_leads_out_of_what_is_served(raw: Callable[..., bytes], path: str):
    answer = raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    assert answer.split(b" ")[1] in (b"400", b"401", b"404", b"302")
    assert b"SECRET_KEY" not in answer
    assert b"root:" not in answer


def test_a_line_smuggled_into_a_header_is_no_header_of_ours(raw: Callable[..., bytes]):
    ask = b"GET /accounts/login/?next=/%0d%0aSet-Cookie:%20stolen=1 HTTP/1.1\r\n"
    head = raw(ask + b"Host: localhost\r\nConnection: close\r\n\r\n").split(b"\r\n\r\n")[0].lower()
    assert b"stolen" not in head

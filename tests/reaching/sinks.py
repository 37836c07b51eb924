"""Gateways on this machine: what is sent to them is kept, and they refuse, hang or vanish when a test says so."""

from __future__ import annotations

import json
import socketserver
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.server import eventually, free_port

#: Seconds between two looks at whether to stop. The library's half a second would be waited for by every test.
LOOK = 0.02


class Gateway:
    """A gateway for ``json://``. ``status`` is what it answers; while ``held`` it takes messages and never answers."""

    def __init__(self) -> None:
        self.port = free_port()
        self.status = 200
        self.got: list[dict[str, Any]] = []
        self.held = False
        self._go_on = threading.Event()
        self._server: ThreadingHTTPServer | None = None

    @property
    def address(self) -> str:
        return f"json://gateway:s3cr3t-t0ken@127.0.0.1:{self.port}/private/path"

    @property
    def titles(self) -> list[str]:
        return [one["title"] for one in self.got]

    def start(self) -> Gateway:
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(LOOK,), daemon=True).start()
        return self

    def stop(self) -> None:
        self.let_go()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def hold(self) -> None:
        self.held = True
        self._go_on.clear()

    def let_go(self) -> None:
        self.held = False
        self._go_on.set()

    def wait_for(self, number: int, within: float = 30.0) -> None:
        eventually(lambda: len(self.got) >= number, within, lambda: f"only {len(self.got)} of {number} arrived")

    def take(self, message: dict[str, Any]) -> int:
        self.got.append(message)
        if self.held:
            self._go_on.wait(60)
        return self.status


def _handler(gateway: Gateway) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = gateway.take(json.loads(body))
            try:
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
            except OSError:
                return  # the sender was killed meanwhile

        def log_message(self, *args: Any) -> None:
            """Silent: a test that fails shows what it asserts."""

    return Handler


class Mailbox:
    """An SMTP server that takes any mail for anybody."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _speaker(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(LOOK,), daemon=True).start()

    @property
    def address(self) -> str:
        port = self._server.server_address[1]
        return f"mailto://127.0.0.1:{port}?to=on.call@hospital.example&from=desk@centre.example&mode=insecure"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _speaker(mailbox: Mailbox) -> type[socketserver.StreamRequestHandler]:
    class Speaker(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self._say("220 ready")
            for line in self.rfile:
                verb = line.decode().strip().upper()
                if verb == "DATA":
                    self._say("354 go on")
                    mailbox.mails.append(self._read_mail())
                    self._say("250 taken")
                elif verb == "QUIT":
                    self._say("221 bye")
                    return
                else:
                    self._say("250 well")

        def _say(self, text: str) -> None:
            self.wfile.write(f"{text}\r\n".encode())

        def _read_mail(self) -> str:
            lines: list[str] = []
            for line in self.rfile:
                if line.strip() == b".":
                    break
                lines.append(line.decode())
            return "".join(lines)

    return Speaker

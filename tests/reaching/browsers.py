"""Browsers that can be enrolled, and a push service on this machine that they belong to.

The service is HTTP and keeps what it gets; a browser reads with its own private key what is meant for it, as a real
one does.
"""

from __future__ import annotations

import base64
import json
import os
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from diversion.reaching.push import Subscription


@dataclass(frozen=True)
class Posted:
    """One message as it reached the service."""

    path: str
    headers: dict[str, str]
    body: bytes


class PushService:
    """``status`` is what it answers, and ``location`` where it sends whoever posts."""

    def __init__(self) -> None:
        self.got: list[Posted] = []
        self.status = 201
        self.location: str | None = None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        # Looked at often: a test that ends does not wait for it.
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.got.append(Posted(self.path, headers, body))
            self.send_response(service.status)
            if service.location:
                self.send_header("Location", service.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            """Silent: a test that fails shows what it asserts."""

    return Handler


def text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def raw(said: str) -> bytes:
    return base64.urlsafe_b64decode(said + "=" * (-len(said) % 4))


@dataclass
class Browser:
    """One that has subscribed at a service, under a path of its own."""

    origin: str
    token: str = "t0ken-of-a-browser"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def subscription(self) -> Subscription:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        # As services write them: marks that some readers of addresses would write otherwise.
        path = f"/push/{self.token}:APA91b?token=BQ%2bw%2F4%3d"
        return Subscription(self.origin + path, text(point), text(self.secret))

    @property
    def form(self) -> dict[str, str]:
        """What its page sends."""
        told = self.subscription
        return {"endpoint": told.endpoint, "p256dh": told.p256dh, "auth": told.auth}

    def read(self, posted: Posted) -> dict[str, Any]:
        """What it is told. Raises for what is meant for another browser."""
        plain = http_ece.decrypt(posted.body, private_key=self.key, auth_secret=self.secret, version="aes128gcm")
        return json.loads(plain)

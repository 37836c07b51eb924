"""The audit names what is known to be weak, and never takes silence for good news."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from tests.setup import audit

Answer = Callable[[list[dict]], tuple[int, object]]


@pytest.fixture
def osv() -> Iterator[Callable[[Answer], str]]:
    """``osv(answer)``: the address of a service that answers so."""
    running: list[HTTPServer] = []

    def serve(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
                status, said = answer(asked)
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(said).encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        server = HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for one in running:
        one.shutdown()
        one.server_close()


def test_every_locked_package_is_asked_about(osv):
    asked: list[dict] = []

    def clean(queries: list[dict]) -> tuple[int, object]:
        asked.extend(queries)
        return 200, {"results": [{} for _ in queries]}

    assert audit.main(["--url", osv(clean)]) == 0
    names = {(one["package"]["ecosystem"], one["package"]["name"].lower()) for one in asked}
    assert {("PyPI", "django"), ("PyPI", "cryptography"), ("npm", "svelte"), ("npm", "maplibre-gl")} <= names


def test_what_is_known_to_be_weak_is_named(osv, capsys):
    def weak(queries: list[dict]) -> tuple[int, object]:
        about = [one["package"]["name"].lower() for one in queries]
        return 200, {"results": [{"vulns": [{"id": "PYSEC-1"}]} if one == "django" else {} for one in about]}

    assert audit.main(["--url", osv(weak)]) == 1
    assert "PYSEC-1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "answer",
    [
        lambda queries: (500, {}),
        lambda queries: (200, {"results": []}),
        lambda queries: (200, {"results": [{}] * (len(queries) - 1)}),
        lambda queries: (200, []),
        lambda queries: (200, {"results": [None] * len(queries)}),
    ],
    ids=["fails", "nothing", "one short", "no answer", "null"],
)
def test_an_audit_that_could_not_look_has_failed(osv, answer: Answer, capsys):
    assert audit.main(["--url", osv(answer)]) == 2
    assert "COULD NOT LOOK" in capsys.readouterr().err


def test_nobody_there_is_a_failure_too(capsys):
    assert audit.main(["--url", "http://127.0.0.1:1"]) == 2

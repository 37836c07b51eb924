"""As it is configured with TLS in front: what browsers are told then. Asked of a process with those settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.test import Client

from tests.accounts.doors import GOOD, with_password
from tests.sockets import Server
from tests.world import REGION, World

ROOT = Path(__file__).resolve().parents[2]
ASKED = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
settings.ALLOWED_HOSTS = ["diversion.example"]
answer = Client(headers={"host": "diversion.example"}).get("/health/live", secure=True)
plain = Client(headers={"host": "diversion.example"}).get("/accounts/login/")
names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
         "SESSION_COOKIE_PATH", "SESSION_COOKIE_DOMAIN", "DEBUG"]
print(json.dumps({
    "hsts": answer.get("Strict-Transport-Security"), "referrer": answer.get("Referrer-Policy"),
    "plain": [plain.status_code, plain.get("Location")], **{name: getattr(settings, name) for name in names},
}))
"""


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    environment = {**os.environ, "HTTPS": "true", "DJANGO_SETTINGS_MODULE": "diversion.settings"}
    command = [sys.executable, "-c", ASKED]
    said = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return dict(json.loads(said.stdout.splitlines()[-1]))


def test_cookies_over_tls_belong_to_this_host_alone(told: dict[str, Any]):
    """A browser takes ``__Host-`` only with Secure, the path / and no domain: no neighbouring host can plant one."""
    assert told["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert told["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert (told["SESSION_COOKIE_SECURE"], told["CSRF_COOKIE_SECURE"]) == (True, True)
    assert (told["SESSION_COOKIE_PATH"], told["SESSION_COOKIE_DOMAIN"]) == ("/", None)


def test_under_those_names_people_log_in_send_commands_and_read_the_feed(real_world: World, settings, server: Server):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
    with_password(real_world.users["ruth"])
    notice = real_world.notice(real_world.transport("a1", to="saint-jean"))
    browser = Client(enforce_csrf_checks=True)
    browser.get("/accounts/login/")
    said = {"login": "ruth", "password": GOOD, "csrfmiddlewaretoken": browser.cookies["__Host-csrftoken"].value}
    assert browser.post("/accounts/login/", said).status_code == 302
    headers = {"X-CSRFToken": browser.cookies["__Host-csrftoken"].value, "Idempotency-Key": str(uuid.uuid4())}
    path = f"/api/notices/{notice.pk}/acknowledge"
    answer = browser.post(path, {}, content_type="application/json", headers=headers)
    assert answer.status_code == 200, answer.content
    cookie = {"Cookie": f"__Host-sessionid={browser.cookies['__Host-sessionid'].value}"}
    with httpx.stream("GET", f"{server.origin}/feed/{REGION}/events", headers=cookie, trust_env=False) as feed:
        assert feed.status_code == 200


def test_browsers_are_told_to_use_tls_for_a_year(told: dict[str, Any]):
    assert "max-age=31536000" in told["hsts"]
    assert "includeSubDomains" in told["hsts"]


def test_what_comes_in_the_clear_is_led_to_tls(told: dict[str, Any]):
    assert told["plain"] == [301, "https://diversion.example/accounts/login/"]


def test_nothing_is_told_of_the_inside(told: dict[str, Any]):
    assert told["DEBUG"] is False
    assert told["referrer"] == "same-origin"

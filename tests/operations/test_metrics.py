"""What is measured, who may read it, and that dashboard and alerts name nothing that is not there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from diversion.embedded.services import Services
from hospitals.models import Region
from tests.feed.conftest import join, server, session  # noqa: F401  # fixtures
from tests.operations.conftest import without_postgres
from tests.server import ROOT
from tests.world import REGION, World

TOKEN = "operators-only-0123456789"
DEPLOY = ROOT / "diversion/deploy"

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture(autouse=True)
def token(settings: Any) -> None:
    settings.OPERATIONS_TOKEN = TOKEN


def scrape() -> str:
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return answer.content.decode()


def samples() -> Iterator[tuple[str, dict[str, str], float]]:
    for family in text_string_to_metric_families(scrape()):
        yield from ((one.name, one.labels, one.value) for one in family.samples)


def value(name: str, **labels: str) -> float:
    return next(v for n, l, v in samples() if n == name and labels.items() <= l.items())  # noqa: E741


# ------------------------------------------------------------------ who may


@pytest.mark.parametrize("who", [None, "dina", "ada"])
def test_figures_are_for_no_login(sound: World, login: Callable[[str], Client], who: str | None):
    browser = login(who) if who else Client()
    assert browser.get("/metrics").status_code == 403


def test_figures_are_for_whoever_asks_from_inside(sound: World, settings: Any):
    settings.OPERATIONS_NETWORKS = networks("10.0.0.0/8")
    assert Client(REMOTE_ADDR="10.2.3.4").get("/metrics").status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.1").get("/metrics").status_code == 403


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Forwarded-Proto", "Via"])
def test_whoever_comes_through_a_proxy_is_not_inside(sound: World, settings: Any, header: str):
    settings.OPERATIONS_NETWORKS = networks("10.0.0.0/8")
    assert Client(REMOTE_ADDR="10.2.3.4").get("/metrics", headers={header: "10.9.9.9"}).status_code == 403


def networks(text: str) -> list[Any]:
    from ipaddress import ip_network

    return [ip_network(text)]


def test_a_measuring_machine_asks_by_address_and_without_tls(sound: World):
    answer = Client(SERVER_NAME="10.0.0.5").get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200


# ------------------------------------------------------------------ what is told


def test_commands_are_counted_by_name_and_outcome(sound: World, login: Callable[[str], Client]):
    browser = login("clara")
    body = {"cause": "it_outage", "gates": {"ambulances": "closed"}}
    for site in ("saint-pierre", "saint-luc"):
        key = {"Idempotency-Key": str(uuid4())}
        browser.post(f"/api/sites/{site}/diversions", body, content_type="application/json", headers=key, secure=True)
    assert value("diversion_commands_total", command="declare_diversion", outcome="done") >= 1
    assert value("diversion_commands_total", command="declare_diversion", outcome="denied") >= 1
    assert value("diversion_command_seconds_count", command="declare_diversion") >= 2
    assert value("diversion_events_total", kind="diversion.declared") >= 1


def test_what_waits_is_counted(sound: World):
    sound.declare()
    sound.transport("A1")
    assert value("diversion_declarations_running") == 1
    assert value("diversion_declarations_unseen") == 1
    assert value("diversion_notices_unanswered") == 1
    assert 0 <= value("diversion_notice_oldest_seconds") < 60
    assert value("diversion_log_head", region=REGION) > 2


def test_an_escalation_that_nobody_has_made_is_late(sound: World):
    sound.transport("A1")
    assert value("diversion_escalations_late") == 0
    Region.objects.update(policy={"escalate_after_s": -60})
    assert value("diversion_escalations_late") == 1


def test_the_feed_counts_its_readers_and_frames(sound: World, join: Callable[..., Any]):  # noqa: F811
    reader = join("dina")
    reader.next("snapshot")
    sound.declare()
    reader.next("events")
    assert value("diversion_feed_readers", audience="dispatch", envelope="websocket") == 1
    assert value("diversion_feed_readers", audience="sites", envelope="websocket") == 0
    assert value("diversion_feed_frames_total", type="events", audience="dispatch") >= 1
    assert value("diversion_feed_snapshots_total") >= 1
    assert value("diversion_feed_read_lag_seconds_count") >= 1
    assert value("diversion_feed_read_age_seconds", region=REGION) < 10


def test_without_its_database_a_process_says_so_and_invents_nothing(services: Services, sound: World):
    with without_postgres(services):
        told = scrape()
    assert "diversion_database_up 0.0" in told
    assert 'diversion_findings{code="database_stopped",weight="failure"} 1.0' in told
    assert "diversion_notices_unanswered" not in told


def test_no_label_names_anybody_or_anything_of_a_patient(sound: World):
    transport = sound.transport("A1")
    sound.declare(comment="The switchboard is down")
    allowed = {
        "audience",
        "code",
        "command",
        "envelope",
        "kind",
        "le",
        "outcome",
        "reason",
        "region",
        "state",
        "type",
        "weight",
    }
    told = scrape()
    assert {name for _, labels, _ in samples() for name in labels} <= allowed
    assert str(transport.pk) not in told
    assert "Dina" not in told
    assert "switchboard" not in told


# ------------------------------------------------------------------ what is drawn and what wakes people


def named(text: str) -> set[str]:
    return set(re.findall(r"\bdiversion_[a-z_]+", text))


def test_dashboard_and_alerts_name_only_what_is_measured(sound: World, join: Callable[..., Any]):  # noqa: F811
    from diversion import measures

    reader = join("dina")
    reader.next("snapshot")
    sound.declare()
    reader.next("events")
    with measures.command("declare_diversion"):
        measures.ENDED.labels("gone").inc()
    Region.objects.update(policy={})
    there = {name for name, _, _ in samples()} | {"diversion_worker_age_seconds", "diversion_findings"}
    dashboard = json.loads((DEPLOY / "dashboard.json").read_text())
    rules = yaml.safe_load((DEPLOY / "alerts.yml").read_text())
    asked = named(json.dumps([one["targets"] for one in dashboard["panels"]])) | named(
        " ".join(rule["expr"] for rule in alerts(rules))
    )
    assert len(asked) > 25
    assert asked - there == set()
    assert {panel["gridPos"]["x"] + panel["gridPos"]["w"] for panel in dashboard["panels"]} <= {8, 16, 24}


def alerts(rules: dict[str, Any]) -> list[dict[str, Any]]:
    return [rule for group in rules["groups"] for rule in group["rules"]]


def test_each_alert_has_its_section_in_the_runbook_and_says_what_is_so():
    runbook = (ROOT / "diversion/operations/RUNBOOK.md").read_text()
    headings = set(re.findall(r"^## (\w+)$", runbook, re.MULTILINE))
    found = alerts(yaml.safe_load((DEPLOY / "alerts.yml").read_text()))
    assert len(found) >= 20
    assert [one["alert"] for one in found if one["annotations"]["runbook"].partition("#")[2] not in headings] == []
    assert {one["labels"]["severity"] for one in found} == {"critical", "warning"}
    assert all(one["annotations"]["summary"].endswith(".") for one in found)
    assert len({one["alert"] for one in found}) == len(found)

"""The doctor names the cause: each failure here is made, not told, and what is found is what an operator can act on."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event as Flag
from threading import Thread
from typing import Any

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from diversion.embedded.services import Services
from diversion.models import Channel, ClockBeat, Delivery, Event, Stream
from diversion.operations.finding import Finding
from diversion.operations.questions import cause_of
from diversion.operations.words import WORDS, words_of
from hospitals.models import Region
from tests.emptying import unguarded
from tests.operations.conftest import Doctor, Report, beat, without_postgres
from tests.reaching.channels import add
from tests.server import ROOT, Server, environment, eventually, free_port
from tests.world import REGION, World


def test_a_sound_installation_has_nothing_wrong(sound: World, doctor: Doctor):
    sound.declare()
    report = doctor("--thorough")
    # The world of the tests was put up without events; what its own log says of that is another test's matter.
    assert (set(report.codes) - {"rows_differ"}) == set()
    assert doctor().status == 0


# ------------------------------------------------------------------ the database


def test_postgresql_stopped(services: Services, sound: World, doctor: Doctor):
    with without_postgres(services):
        report = doctor()
    assert (report.codes, report.status) == (["database_stopped"], 2), "one cause, not what follows from it"
    assert "telephone" in report.findings["database_stopped"]["means"]


def test_nobody_at_the_address(sound: World, doctor: Doctor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(free_port()))
    assert doctor().codes == ["database_stopped"]


def test_a_role_that_is_refused(sound: World, doctor: Doctor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connection.settings_dict, "USER", "somebody_else")
    assert doctor().codes == ["database_refuses_login"]


def test_a_database_that_is_not_there(sound: World, doctor: Doctor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(connection.settings_dict, "NAME", "diversoin")
    assert doctor().codes == ["database_missing"]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ('FATAL:  password authentication failed for user "diversion"', "database_refuses_login"),
        ('FATAL:  role "x" does not exist', "database_refuses_login"),
        ("FATAL:  sorry, too many clients already", "database_connections_exhausted"),
        ('could not translate host name "db" to address: Name or service not known', "database_address_unknown"),
        ("connection timeout expired", "database_hangs"),
        ("FATAL:  the database system is starting up", "database_unreachable"),
        ("SSL error: certificate verify failed", "database_unreachable"),
    ],
)
def test_what_postgresql_says_names_the_cause(said: str, code: str):
    assert cause_of(Exception(said)) == code


def test_the_command_itself_says_it_on_a_server_without_a_database():
    env = {**environment(), "DATABASE_URL": f"postgresql://diversion:s3cret@127.0.0.1:{free_port()}/diversion"}
    command = [sys.executable, "manage.py", "doctor"]
    told = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert told.returncode == 2
    assert told.stdout.startswith("FAILURE database_stopped\n  PostgreSQL does not run")
    assert "s3cret" not in told.stdout + told.stderr


def test_migrations_pending(sound: World, doctor: Doctor):
    applied = MigrationRecorder(connection).migration_qs.filter(app="diversion").latest("id")
    MigrationRecorder(connection).record_unapplied(applied.app, applied.name)
    try:
        report = doctor()
    finally:
        MigrationRecorder(connection).record_applied(applied.app, applied.name)
    assert report.codes == ["migrations_pending"]
    assert f"{applied.app}.{applied.name}" in report.findings["migrations_pending"]["what"]


def test_a_database_whose_locks_hang(sound: World, doctor: Doctor):
    locked, enough = Flag(), Flag()

    def hold() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE diversion_channel IN ACCESS EXCLUSIVE MODE")
            locked.set()
            enough.wait(30)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    locked.wait(30)
    report = doctor()
    enough.set()
    holder.join()
    assert set(report.codes) == {"unread"}, "what could not be read is a finding, not a good sign"


# ------------------------------------------------------------------ what runs beside


def test_valkey_stopped(services: Services, sound: World, doctor: Doctor):
    services.stop_valkey()
    report = doctor()
    services.start_valkey()
    assert (report.codes, report.status) == (["broker_down"], 1)


def test_the_clock_does_not_run(sound: World, doctor: Doctor):
    beat("clock", seconds_ago=600)
    report = doctor()
    assert (report.codes, report.status) == (["clock_late"], 2)
    since = datetime.fromisoformat(report.findings["clock_late"]["since"])
    assert timedelta(seconds=590) < datetime.now(UTC) - since < timedelta(seconds=660)


def test_no_clock_has_ever_run(sound: World, doctor: Doctor):
    ClockBeat.objects.all().delete()
    assert doctor().codes == ["clock_never"]


def test_the_worker_does_not_run(sound: World, doctor: Doctor):
    beat("worker", seconds_ago=600)
    add(sound, "json://127.0.0.1:1/")
    assert doctor().findings["worker_late"]["weight"] == "failure"


def test_messages_that_nobody_tries(sound: World, doctor: Doctor):
    beat("worker")
    add(sound, "json://127.0.0.1:1/")
    Delivery.objects.update(next_at=datetime.now(UTC) - timedelta(minutes=5))
    report = doctor()
    assert report.codes == ["deliveries_late"]
    assert report.findings["deliveries_late"]["said"]["count"] == 1


def test_deliveries_that_fail(sound: World, doctor: Doctor):
    beat("worker")
    channel = add(sound, "json://127.0.0.1:1/")
    Delivery.objects.all().delete()
    Channel.objects.filter(pk=channel.pk).update(failing_since=datetime.now(UTC), last_error="unreachable")
    report = doctor()
    assert report.codes == ["channel_failing"]
    assert channel.name in report.findings["channel_failing"]["what"]


def test_a_web_process_that_is_stuck_and_one_that_is_gone(sound: World, doctor: Doctor, settings: Any):
    settings.OPERATIONS_TOKEN = "t" * 30
    server = Server(env={"OPERATIONS_TOKEN": "t" * 30, "DISK_FREE_MB": str(10**9)}).start()
    try:
        settings.DISK_FREE_MB = 0
        reports: list[Report] = []

        def says_only_that() -> bool:
            # On a busy machine a process takes longer to begin than a clock may be silent, and for a second more it
            # answers what it found then.
            beat("clock")
            reports.append(doctor("--web", server.url))
            return reports[-1].codes == ["disk_low"]

        eventually(says_only_that, 20, lambda: f"the process says of itself {reports[-1].codes}")
        assert reports[-1].findings["disk_low"]["since"], "and since when"
        settings.OPERATIONS_TOKEN = "another"
        assert doctor("--web", server.url).codes == ["web_says"]
    finally:
        server.kill()
    assert doctor("--web", server.url).codes == ["web_silent"]


# ------------------------------------------------------------------ the machine


def test_a_disk_that_is_nearly_full(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    settings.WATCHED_FOLDERS = [tmp_path]
    settings.DISK_FREE_MB = 10**9  # more than any disk has: what is free is read from the real one
    report = doctor()
    assert (report.codes, report.status) == (["disk_low"], 1)
    assert str(tmp_path) in report.findings["disk_low"]["what"]


def test_a_disk_that_is_not_there(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    settings.WATCHED_FOLDERS = [tmp_path / "unmounted"]
    assert doctor().codes == ["unread"]


@pytest.mark.parametrize("jump", [timedelta(minutes=5), timedelta(minutes=-5)])
def test_a_clock_of_this_machine_that_has_jumped(sound: World, doctor: Doctor, jump: timedelta):
    """The database's clock is the real one, asked over a real connection; this process's is set."""
    with time_machine.travel(datetime.now(UTC) + jump, tick=True):
        report = doctor()
    assert report.codes == ["clocks_differ"]
    assert abs(report.findings["clocks_differ"]["said"]["seconds"] - jump.total_seconds()) < 5


def certificate(path: Path, ends: datetime) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "diversion.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(ends - timedelta(days=90)).not_valid_after(ends)
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return path


@pytest.mark.parametrize(
    ("ends_in", "codes"),
    [
        (timedelta(days=60), []),
        (timedelta(days=10), ["certificate_ending"]),
        (timedelta(hours=-1), ["certificate_expired"]),
        (timedelta(days=100), ["certificate_early"]),
    ],
)
def test_a_certificate(sound: World, doctor: Doctor, settings: Any, tmp_path: Path, ends_in: timedelta, codes: list):
    settings.TLS_CERTIFICATE = certificate(tmp_path / "tls.pem", datetime.now(UTC) + ends_in)
    assert doctor().codes == codes


def test_a_certificate_that_cannot_be_read(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    settings.TLS_CERTIFICATE = tmp_path / "tls.pem"
    settings.TLS_CERTIFICATE.write_text("-----BEGIN CERTIFICATE-----\n")
    assert doctor().codes == ["unread"]


# ------------------------------------------------------------------ what was put there


def test_no_registry_imported(transactional_db: None, plain: None, doctor: Doctor):
    assert doctor().codes == ["no_region"], "that no clock runs is not what is wrong with an empty installation"


def test_a_log_whose_head_names_another_event(sound: World, doctor: Doctor):
    sound.declare()
    Stream.objects.filter(pk=REGION).update(head=7000)
    report = doctor()
    assert (report.codes, report.status) == (["log_broken"], 2)
    assert "#7000" in report.findings["log_broken"]["what"]


def test_a_log_with_a_gap(sound: World, doctor: Doctor):
    for _ in range(3):
        sound.declare()
    middle = Event.objects.order_by("seq")[2]
    with unguarded():
        Event.objects.filter(pk=middle.pk).delete()
    assert doctor().codes == ["log_broken"]


def test_rows_that_were_written_without_a_command(sound: World, doctor: Doctor):
    sound.declare()
    Region.objects.update(simulated=True)
    assert "rows_differ" in doctor("--thorough").codes
    assert doctor().codes == [], "the whole log is replayed only when it is asked for"


def test_pages_that_were_not_built(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    settings.DJANGO_VITE = {"default": {"manifest_path": tmp_path / "manifest.json"}}
    assert doctor().codes == ["pages_missing"]


def test_translations_that_were_not_compiled(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    settings.LOCALE_PATHS = [tmp_path]
    assert doctor().codes == ["untranslated"]


def test_settings_that_are_not_for_production(sound: World, doctor: Doctor, settings: Any):
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = True
    settings.SECURE_SSL_REDIRECT = False
    assert set(doctor().codes) == {"debug_on", "hosts_any", "https_off"}


def test_a_map_file_that_is_broken(sound: World, doctor: Doctor, settings: Any, tmp_path: Path):
    home = tmp_path / "a-map"
    home.mkdir()
    (tmp_path / "current").symlink_to("a-map")
    (home / "about.json").write_text("{}")
    (home / "roads.npz").write_bytes(b"PK")
    (home / "streets.pmtiles").write_bytes(b"not tiles")
    settings.MAP_FOLDER = tmp_path
    report = doctor()
    assert report.codes == ["map_broken"]
    assert "streets.pmtiles" in report.findings["map_broken"]["what"]


def test_a_standby_that_is_not_there(sound: World, doctor: Doctor, settings: Any):
    settings.STANDBYS = 1
    assert doctor().codes == ["standby_missing"]


# ------------------------------------------------------------------ the words


def test_every_finding_has_words_that_can_be_said():
    for code, words in WORDS.items():
        said = Anything()
        told = words_of(Finding(code, "warning", said=said))
        assert "%" not in told.what + told.means + told.do, code
        assert all((words.what, words.means, words.do)), code


class Anything(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "something"


def test_every_code_that_is_found_has_words():
    source = (ROOT / "diversion/operations/judgement.py").read_text() + (
        ROOT / "diversion/operations/questions.py"
    ).read_text()
    assert [code for code in WORDS if f'"{code}"' not in source] == []


def test_everything_that_can_be_found_is_in_the_runbook():
    headings = [line[3:] for line in (ROOT / "diversion/operations/RUNBOOK.md").read_text().splitlines()]
    assert [code for code in WORDS if code not in headings] == []

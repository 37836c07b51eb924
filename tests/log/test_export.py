"""An export proves itself to whoever has the public key, and the present log against it: no database is trusted."""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.management import CommandError, call_command

from diversion import signing
from diversion.models import Event, Stream
from tests.log.test_tampering import as_superuser, cut_off_the_tail, recorded
from tests.world import REGION, World

ROOT = Path(__file__).resolve().parents[2]


__all__ = ["recorded"]  # the history the tampering is done to


@pytest.fixture
def key(settings) -> str:
    """The public key; the private one is where the product looks for it."""
    settings.LOG_SIGNING_KEY = signing.new_key()
    return signing.told(signing.private_key(settings.LOG_SIGNING_KEY).public_key())


@pytest.fixture
def exported(recorded: int, key: str, tmp_path: Path) -> Path:
    call_command("export_log", REGION, "--out", str(tmp_path / "log.jsonl"), stderr=io.StringIO())
    return tmp_path / "log.jsonl"


def check(file: Path, key: str) -> str:
    said = io.StringIO()
    call_command("check_export", str(file), "--public-key", key, stdout=said)
    return said.getvalue()


def test_an_export_is_checked_without_any_database(exported: Path, key: str):
    nowhere = {**os.environ, "DATABASE_URL": "postgresql:///none?host=/nonexistent", "REDIS_URL": "unix:///nonexistent"}
    command = [sys.executable, "manage.py", "check_export", str(exported), "--public-key", key]
    done = subprocess.run(command, check=False, cwd=ROOT, env=nowhere, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert f"{REGION} #1 to #{Stream.objects.get(pk=REGION).head}" in done.stdout


def test_it_is_readable_by_its_owner_alone_and_takes_no_other_files_place(exported: Path):
    assert exported.stat().st_mode & 0o777 == 0o600
    with pytest.raises(CommandError, match="exists already"):
        call_command("export_log", REGION, "--out", str(exported))
    assert list(exported.parent.iterdir()) == [exported]


def test_a_piece_from_the_middle_proves_itself_and_follows_the_piece_before(exported: Path, key: str, tmp_path: Path):
    for name, some in {"one": ["--to", "2"], "two": ["--from", "3", "--to", "4"]}.items():
        call_command("export_log", REGION, *some, "--out", str(tmp_path / name), stderr=io.StringIO())
    one, two = check(tmp_path / "one", key), check(tmp_path / "two", key)
    assert f"{REGION} #3 to #4, 2 events" in two
    assert one.split("ending ")[1].strip() == two.split("after  ")[1].split("\n")[0]


def test_with_another_key_nothing_is_proven(exported: Path):
    other = signing.told(signing.private_key(signing.new_key()).public_key())
    with pytest.raises(CommandError, match="not signed with this key"):
        check(exported, other)


def altered(file: Path, change) -> Path:
    lines = file.read_text().splitlines()
    change(lines)
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: lines.__setitem__(2, lines[2].replace('"name":"', '"name":"N')), "another"),
        (lambda lines: lines.pop(2), "After #1"),
        (lambda lines: lines.pop(), "cut off"),
        (lambda lines: lines.__delitem__(slice(4, -1)), "signed for last"),
        (lambda lines: lines.append(lines[1]), "follows the manifest"),
        (lambda lines: lines.__setitem__(1, lines[1].replace("{", '{"kind":"x",', 1)), "no line of an export"),
        (lambda lines: lines.__setitem__(-1, lines[-1].replace('"made_at":"20', '"made_at":"19')), "not signed"),
        (lambda lines: lines.__setitem__(0, "[" * 100_000), "no line of an export"),
        (lambda lines: lines.clear(), "cut off"),
    ],
    ids=["changed", "removed", "no manifest", "shortened", "appended", "said twice", "antedated", "deep", "empty"],
)  # fmt: skip
def test_a_file_that_was_touched_proves_nothing_and_says_why(exported: Path, key: str, change, told: str):
    with pytest.raises(CommandError, match=told):
        check(altered(exported, change), key)


def verify_against(file: Path, key: str) -> str:
    said = io.StringIO()
    call_command("verify_log", "--against", str(file), "--public-key", key, stdout=said)
    return said.getvalue()


def test_the_present_log_is_proven_to_continue_what_was_exported(exported: Path, key: str, real_world: World):
    real_world.declare("saint-luc", actor=real_world.lucas)
    assert "0 differences" in verify_against(exported, key)


def test_a_log_whose_end_was_cut_off_does_not_continue_the_export(exported: Path, key: str):
    cut_off_the_tail(Stream.objects.get(pk=REGION).head - 1)
    with pytest.raises(CommandError):
        verify_against(exported, key)


def test_a_log_that_does_not_verify_is_not_signed(exported: Path, tmp_path: Path):
    as_superuser("UPDATE diversion_event SET fact = '{}' WHERE seq = 3")
    with pytest.raises(CommandError, match="not signed: testopolis #3"):
        call_command("export_log", REGION, "--out", str(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


def test_what_does_not_exist_cannot_be_exported(exported: Path, tmp_path: Path):
    for asked in (
        ["nowhere"],
        [REGION, "--from", "0"],
        [REGION, "--to", "999999"],
        [REGION, "--from", "3", "--to", "2"],
    ):
        with pytest.raises(CommandError):
            call_command("export_log", *asked, "--out", str(tmp_path / "none"))
    assert not (tmp_path / "none").exists()


def test_without_a_key_nothing_is_exported_and_the_command_says_how_to_make_one(real_world: World, settings, tmp_path):
    settings.LOG_SIGNING_KEY = ""
    for command in (["log_key"], ["export_log", REGION, "--out", str(tmp_path / "none")]):
        with pytest.raises(CommandError, match="log_key --new"):
            call_command(*command)


def test_the_key_may_be_pem_also_on_one_line_as_environment_files_have_it(settings):
    drawn = signing.private_key(signing.new_key())
    pem = drawn.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    settings.LOG_SIGNING_KEY = pem.replace("\n", "\\n")
    said = io.StringIO()
    call_command("log_key", stdout=said)
    assert said.getvalue().strip() == signing.told(drawn.public_key())


def test_what_is_no_key_is_refused_without_being_repeated():
    for text in ("guess", base64.b64encode(b"short").decode(), "-----BEGIN PRIVATE KEY-----\nsecret"):
        with pytest.raises(signing.UnusableKey) as refused:
            signing.private_key(text)
        assert text not in str(refused.value)


def test_every_line_of_an_export_is_one_event_as_it_was_recorded(exported: Path):
    _, *lines, _ = map(json.loads, exported.read_text().splitlines())
    assert [line["hash"] for line in lines] == list(Event.objects.order_by("seq").values_list("hash", flat=True))
    assert [line["fact"] for line in lines] == [event.fact for event in Event.objects.order_by("seq")]

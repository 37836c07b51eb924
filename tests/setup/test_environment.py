"""What the surroundings forgot to say is named, in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from diversion.environment import database

ROOT = Path(__file__).resolve().parents[2]


def test_a_forgotten_variable_is_named_without_a_traceback() -> None:
    told = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SECRET_KEY")}
    asked = [sys.executable, ROOT / "manage.py", "token", "list", "--region", "brussels"]
    answered = subprocess.run(asked, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert answered.returncode != 0
    assert len(answered.stderr.strip().splitlines()) == 1, answered.stderr
    assert "DATABASE_URL: Field required" in answered.stderr
    assert "SECRET_KEY: Field required" in answered.stderr
    assert "REDIS_URL" not in answered.stderr


def test_a_value_that_cannot_be_right_is_named_but_not_repeated() -> None:
    short = "far-too-short"
    told = os.environ | {"SECRET_KEY": short}
    asked = [sys.executable, ROOT / "manage.py", "token", "list", "--region", "brussels"]
    answered = subprocess.run(asked, cwd=ROOT, env=told, capture_output=True, text=True, check=False)
    assert answered.returncode != 0
    assert "SECRET_KEY: " in answered.stderr
    assert short not in answered.stderr


def test_a_database_of_two_machines_is_named_with_both_and_with_what_is_wanted_of_them() -> None:
    told = database(
        "postgresql://diversion:p%40ss@db1:5432,db2:5433/record?target_session_attrs=read-write&sslmode=verify-full",
        pool_max=4,
    )
    assert (told["HOST"], told["PORT"], told["NAME"]) == ("db1,db2", "5432,5433", "record")
    assert (told["USER"], told["PASSWORD"]) == ("diversion", "p@ss")
    assert told["OPTIONS"]["target_session_attrs"] == "read-write"
    assert told["OPTIONS"]["sslmode"] == "verify-full", "what is asked of the connection is not passed over"


def test_a_machine_that_vanishes_is_given_up_in_seconds_unless_the_address_says_otherwise() -> None:
    assert database("postgresql://db/record", pool_max=4)["OPTIONS"]["connect_timeout"] == "5"
    assert database("postgresql://db/record?connect_timeout=1", pool_max=4)["OPTIONS"]["connect_timeout"] == "1"


@pytest.mark.parametrize("address", ["mysql://db/record", "postgresql://u:s3cret@[db/record"])
def test_an_address_that_is_none_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(ValueError, match="DATABASE_URL") as refused:
        database(address, pool_max=4)
    assert "s3cret" not in str(refused.value)

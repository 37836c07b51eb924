"""What the surroundings forgot to say is named, in one line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

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

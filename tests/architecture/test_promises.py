"""What the product promises about its data and its words, kept by the source as a whole."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from diversion.models import MassCasualty, Notice, Transport
from diversion.wire import rows

ROOT = Path(__file__).resolve().parents[2]


def tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in listed.split("\n") if name.endswith(suffixes) and (ROOT / name).is_file()]


TEXTS = (".py", ".ts", ".svelte", ".html", ".json", ".po", ".md", ".css", ".toml", "run", "check")


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (
            Transport,
            {
                "id", "region", "version", "ref", "vehicle", "destination", "ordered_destination", "urgency", "needs",
                "age_band", "sex", "physician_on_board", "state", "eta_at", "journey", "opened_at", "affected_since",
                "ended_at", "mass_casualty",
            },
        ),
        (
            MassCasualty,
            {
                "id", "region", "version", "place", "lat", "lon", "counts", "needs", "counted_at", "sites", "offers",
                "asked_at", "deadline_at", "overdue_at", "opened_at", "opened_by", "ended_at",
            },
        ),
        (
            Notice,
            {
                "id", "region", "version", "site", "transport", "redirected_from", "redirected_to", "state", "sent_at",
                "seen_at", "acknowledged_at", "acknowledged_by", "concern", "escalated_at", "ended_at",
                "supervisor_at",
            },
        ),
    ],
)  # fmt: skip
def test_of_a_patient_nothing_is_kept_that_could_name_anybody(model: type[models.Model], known: set[str]):
    """Written out: whoever adds a column has to think about it twice."""
    assert {field.name for field in model._meta.get_fields() if field.concrete} == known


def test_what_travels_of_a_patient_is_an_age_band_and_a_sex():
    fields = set(rows.TransportState().fields) | set(rows.NoticeState().fields)
    assert fields & {"age_band", "sex"} == {"age_band", "sex"}
    forbidden = re.compile(r"name|birth|national|niss|phone|address|street|email|diagnos")
    assert [name for name in fields if forbidden.search(name)] == []


def test_no_hospital_is_ever_recommended():
    """It displays options by journey time; a person decides."""
    words = re.compile(r"recommended hospital|hôpital recommandé|aanbevolen ziekenhuis", re.IGNORECASE)
    here = Path(__file__).resolve()
    found = [path for path in tracked(*TEXTS) if path.resolve() != here and words.search(path.read_text())]
    assert [str(path.relative_to(ROOT)) for path in found] == []


def test_every_named_constraint_is_violated_by_a_test():
    names = {
        one.name
        for config in ("diversion", "hospitals")
        for model in apps.get_app_config(config).get_models()
        for one in model._meta.constraints
    }
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(names) > 10
    assert sorted(name for name in names if f'match="{name}"' not in tests) == []


def test_no_test_sleeps_skips_or_pretends():
    """A test that waits by the clock is slow and still wrong on a busy machine; a mock of our own proves nothing."""
    tests = [path for path in tracked(".py") if (ROOT / "tests") in path.parents and path.stem.startswith("test_")]
    assert len(tests) > 30
    found = {str(path.relative_to(ROOT)): idle for path in tests if (idle := set(_idle(ast.parse(path.read_text()))))}
    assert found == {}


def _idle(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"sleep", "skip", "skipif", "xfail", "importorskip"}:
            yield node.attr
        if isinstance(node, ast.ImportFrom | ast.Import) and "mock" in ast.dump(node):
            yield "mock"

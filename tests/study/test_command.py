"""manage.py study: the same options give the same page, and the README has one; what it cannot do it says."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from django.core.management import CommandError, call_command

import diversion.study
from diversion.management.commands.study import DAYS, SEEDS
from diversion.study.calls import NobodyBound, Source
from diversion.study.compare import difference, mean
from diversion.study.measures import MEASURES
from diversion.study.region import region
from diversion.study.run import run
from diversion.study.scenarios import scenarios

README = Path(diversion.study.__file__).with_name("README.md").read_text(encoding="utf-8")
DELAY = MEASURES[0]


def printed(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    call_command("study", *options)
    return capsys.readouterr().out


def test_the_same_seeds_give_the_same_page_and_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    told = ("--seeds", "2", "--days", "1", "--scenario", "saint-pierre-2023/3", "--picture")
    pages = [printed(capsys, *told, str(tmp_path / name)) for name in ("first.svg", "again.svg")]
    assert pages[0] == pages[1]
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "again.svg").read_bytes()
    ET.parse(tmp_path / "first.svg")


def test_several_processes_find_what_one_finds():
    scenario = next(one for one in scenarios() if one.code == "chrsm-2023")
    assert run(scenario, range(2), 1, processes=2) == run(scenario, range(2), 1)


@pytest.mark.parametrize(
    ("told", "remedy"),
    [
        (("--region", "atlantis"), "--region: there is no scenario in 'atlantis'; give one of brussels, liege, namur"),
        (("--scenario", "none-such"), "--scenario: there is no 'none-such'; --list names those there are"),
        (("--seeds", "0"), "--seeds: 0 is too few; give 1 or more"),
        (("--days", "-1"), "--days: -1 is too few; give 1 or more"),
        (("--processes", "0"), "--processes: 0 is too few; give 1 or more"),
        (("--region", "namur", "--scenario", "network"), "--scenario: none of these is in 'namur'; leave --region out"),
    ],
)
def test_what_it_cannot_do_it_says_with_the_option_and_the_remedy(told: tuple[str, ...], remedy: str):
    with pytest.raises(CommandError, match=re.escape(remedy)):
        call_command("study", *told)


def test_the_page_in_the_readme_is_of_the_form_the_command_prints(capsys: pytest.CaptureFixture[str]):
    page = printed(capsys, "--seeds", "1", "--days", "1", "--scenario", "saint-pierre-2023/0")
    kept = README.partition("<!-- study -->")[2].partition("<!-- /study -->")[0]
    fixed = [line for line in page.splitlines() if line.startswith(("**", "| scenario", "| ---"))]
    assert [line for line in kept.splitlines() if line.startswith(("**", "| scenario", "| ---"))] == fixed
    assert f"{SEEDS} seeds of {DAYS} days each" in kept
    rows = [line.split("|")[1].strip() for line in kept.partition("**Plan less")[0].splitlines() if line[:2] == "| "]
    assert [row for row in rows if row][2:] == [one.title for one in scenarios()]


def test_those_bound_somewhere_are_on_the_way_there_at_that_moment():
    of = region("brussels")
    found = Source(of, "a seed").bound(frozenset({"saint-pierre"}), 12, 50_000.0)
    assert len(found) == 12
    for call in found:
        assert call.usual == "saint-pierre"
        assert call.announced <= 50_000 <= call.leaves + of.way(call.ways, "saint-pierre").seconds


def test_to_where_nobody_is_brought_nobody_is_bound():
    with pytest.raises(NobodyBound, match="bordet"):
        Source(region("brussels"), "a seed").bound(frozenset({"bordet"}), 1, 0.0)


def test_a_difference_is_paired_by_seed_and_leaves_out_seeds_with_nothing_to_measure():
    chance = np.random.default_rng(1).normal(10, 5, 30)
    figures = [{"plan": {"delay": one - 1}, "greedy": {"delay": one + 0.01 * n}} for n, one in enumerate(chance)]
    figures.append({"plan": {"delay": None}, "greedy": {"delay": None}})
    found = difference(figures, "plan", "greedy", DELAY)
    assert found is not None
    assert found.seeds == 30
    assert found.mean == pytest.approx(-1.145)
    assert found.low < found.mean < found.high < -1
    assert mean(figures[-1:], "plan", DELAY) is None
    assert difference(figures[-1:], "plan", "greedy", DELAY) is None

"""The numbers a supervisor is shown are those the server holds: every one, with its default and its least value."""

from __future__ import annotations

import json

from hospitals.policies import DEFAULTS, MAY_BE_ZERO, REVIEW
from tests.server import ROOT

SHOWN = json.loads((ROOT / "frontend" / "src" / "console" / "policy.json").read_text(encoding="utf-8"))


def test_every_number_is_shown_with_its_default_and_the_least_it_may_be():
    general = {name: default for name, default in DEFAULTS.items() if name not in REVIEW.values()}
    assert {name: one["default"] for name, one in SHOWN.items()} == general
    assert {name for name, one in SHOWN.items() if one["least"] == 0} == MAY_BE_ZERO & set(general)


def test_the_interval_of_each_cause_follows_the_general_rule_unless_it_is_set():
    assert {DEFAULTS[name] for name in REVIEW.values()} == {0}
    assert set(REVIEW.values()) <= MAY_BE_ZERO

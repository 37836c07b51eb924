"""A region's policy: numbers somebody answers for, changed by a command and checked before they count."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import hospitals.registry
from diversion.commands import policies
from diversion.errors import Conflict, Denied, Invalid
from diversion.log import CommandKey
from diversion.models import Event
from hospitals.models import Region
from hospitals.policies import DEFAULTS, MAY_BE_ZERO, policy_of
from tests.world import REGION, World


def set_policy(world: World, who: str = "sofie", version: int | None = None, **changes: int | None) -> Region:
    policies.change_policy(
        actor=getattr(world, who), key=CommandKey.new(), region_id=REGION, version=version, changes=changes
    )
    return Region.objects.get(pk=REGION)


def test_a_number_is_changed_and_told_with_what_it_was(world: World):
    region = set_policy(world, undo_s=45)
    assert policy_of(region.policy)["undo_s"] == 45
    event = Event.objects.latest("seq")
    assert (event.kind, event.fact["changed"]) == ("policy.changed", {"undo_s": [30, 45]})
    assert event.changes[0]["state"]["policy"]["undo_s"] == 45


def test_null_goes_back_to_the_default(world: World):
    set_policy(world, undo_s=45)
    assert set_policy(world, undo_s=None).policy == {}


def test_what_is_as_it_was_records_nothing(world: World):
    set_policy(world, undo_s=45)
    head = Event.objects.latest("seq").seq
    set_policy(world, undo_s=45)
    assert Event.objects.latest("seq").seq == head


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"patience": 3}, "unknown_setting"), ({"undo_s": 0}, "out_of_range"), ({"undo_s": 10**9}, "out_of_range")],
)
def test_what_cannot_be_is_refused_by_name(world: World, changes: dict, code: str):
    with pytest.raises(Invalid) as refused:
        set_policy(world, **changes)
    assert (refused.value.code, refused.value.field) == (code, f"changes.{next(iter(changes))}")


def test_zero_switches_off_what_may_be_off(world: World):
    assert policy_of(set_policy(world, alarm_long_hours=0).policy)["alarm_long_hours"] == 0


def test_who_acts_on_an_old_picture_is_told(world: World):
    with pytest.raises(Conflict):
        set_policy(world, version=99, undo_s=45)


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "sam", "cad"])
def test_who_may_not_change_it_is_refused(world: World, who: str):
    with pytest.raises(Denied):
        set_policy(world, who=who, undo_s=45)


def test_the_registry_entry_follows_so_that_an_older_file_shows_as_a_change(world: World):
    assert set_policy(world, undo_s=45).registry["policy"] == {"undo_s": 45}


def test_the_schema_of_registry_files_has_every_setting():
    schema = json.loads((Path(hospitals.registry.__file__).parent / "schema.json").read_text())
    known = schema["$defs"]["policy"]["properties"]
    assert set(known) == set(DEFAULTS)
    assert {name for name, rule in known.items() if rule["$ref"].endswith("whole")} == set(MAY_BE_ZERO)

"""Whether anybody could hear us at a site: live, muted, silent, or never heard of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion import clock
from diversion.commands import presence
from diversion.errors import Denied, NotFound
from diversion.models import ClockBeat, Event, ScreenBeat, SitePresence
from tests.world import World


@pytest.fixture
def later(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    return lambda seconds: time_machine.move_to(now + timedelta(seconds=seconds), tick=False)


def beat(world: World, screen: str = "desk", *, who: str = "ruth", visible: bool = True, sound_armed: bool = True):
    presence.beat(
        actor=getattr(world, who), site_id="saint-jean", screen=screen, visible=visible, sound_armed=sound_armed
    )


def state() -> SitePresence:
    return SitePresence.objects.get(pk="saint-jean")


def changes() -> int:
    return Event.objects.filter(kind="presence.changed").count()


def test_a_site_never_heard_of_is_told_apart_from_a_silent_one(world: World):
    clock.tick()
    assert state().state == "never"


def test_a_visible_screen_with_sound_makes_a_site_live(world: World):
    beat(world)
    assert (state().state, state().screens, state().sound_armed) == ("live", 1, True)


@pytest.mark.parametrize(("visible", "armed"), [(True, False), (False, True), (False, False)])
def test_a_screen_nobody_would_hear_leaves_a_site_muted(world: World, visible: bool, armed: bool):
    beat(world, visible=visible, sound_armed=armed)
    assert state().state == "muted"


def test_one_audible_screen_is_enough(world: World):
    beat(world, "desk", sound_armed=False)
    beat(world, "door")
    assert (state().state, state().screens) == ("live", 2)


def test_a_hidden_armed_screen_and_a_visible_mute_one_together_are_not_audible(world: World):
    beat(world, "desk", visible=False)
    beat(world, "door", sound_armed=False)
    assert state().state == "muted"


def test_beats_are_not_logged_changes_of_state_are(world: World):
    for _ in range(5):
        beat(world)
    assert changes() == 1
    assert ScreenBeat.objects.count() == 1


def test_thirty_seconds_without_a_beat_is_silence(later, world: World):
    beat(world)
    later(29)
    clock.tick()
    assert state().state == "live"
    later(30)
    clock.tick()
    assert (state().state, state().screens) == ("silent", 0)


def test_silence_is_told_once(later, world: World):
    beat(world)
    later(60)
    clock.tick()
    clock.tick()
    assert changes() == 2


def test_since_is_when_the_state_began_not_the_last_beat(later, world: World):
    beat(world)
    begun = state().since
    later(20)
    beat(world, "second")
    assert state().since == begun


def test_a_silent_site_that_beats_again_is_live_at_once(later, world: World):
    beat(world)
    later(60)
    clock.tick()
    beat(world)
    assert state().state == "live"


def test_a_screen_that_goes_is_no_longer_counted(later, world: World):
    beat(world, "desk")
    beat(world, "door")
    later(25)
    beat(world, "desk")
    later(40)
    clock.tick()
    assert (state().state, state().screens) == ("live", 1)


def test_the_region_decides_what_silence_is(later, world: World):
    world.region.policy = {"silent_after_s": 120}
    world.region.save()
    beat(world)
    later(60)
    clock.tick()
    assert state().state == "live"


@pytest.mark.parametrize("who", ["dina", "sofie", "clara", "lucas", "ines", "ada", "sam", "cad"])
def test_only_the_sites_own_staff_beat_for_it(world: World, who: str):
    with pytest.raises(Denied):
        beat(world, who=who)
    assert not ScreenBeat.objects.exists()


def test_a_site_that_does_not_exist_has_no_screens(world: World):
    with pytest.raises(NotFound):
        presence.beat(actor=world.ruth, site_id="nowhere", screen="x", visible=True, sound_armed=True)


def test_a_screen_has_one_last_beat(world: World):
    beat(world)
    copy = ScreenBeat.objects.get()
    copy.pk = None
    with pytest.raises(IntegrityError, match="beat_once_per_screen"), transaction.atomic():
        copy.save()


def test_the_clock_says_that_it_lives(later, world: World):
    clock.tick()
    later(5)
    clock.tick()
    assert ClockBeat.objects.get(name="clock").at == timezone.now()

"""An exercise is opened and closed on the record of both streams, one at a time, by those who answer for the region."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from diversion import access
from diversion.actors import SYSTEM
from diversion.clock import DUTIES, tick
from diversion.commands import members
from diversion.commands.journeys import calibrate_journeys
from diversion.commands.presence import beat
from diversion.commands.questions import ask_question
from diversion.commands.registry import import_registry
from diversion.errors import Conflict, Denied, Invalid
from diversion.identity import token_actor
from diversion.journeys.factors import ANY, Factor, Factors
from diversion.journeys.port import Mode
from diversion.log import CommandKey, read_after
from diversion.models import (
    ApiToken,
    ClockBeat,
    Diversion,
    Event,
    Membership,
    Question,
    ScreenBeat,
    SitePresence,
    Stream,
)
from diversion.models.members import SITE_ROLES
from diversion.verification import verify
from hospitals.models import Region, Site
from hospitals.registry import load, parse, shipped
from tests.exercises.stage import EXERCISE, begin, end, machine, told
from tests.world import CAST, REGION, SITES, World


def last(region: str) -> Event:
    return Event.objects.filter(region=region).order_by("-seq")[0]


def rows_of(event: Event) -> list[tuple[str, str]]:
    return [(change["kind"], change["id"]) for change in event.changes]


def test_both_streams_tell_that_an_exercise_was_opened(stage: World):
    ours, theirs = last(REGION), last(EXERCISE)
    assert (ours.kind, theirs.kind) == ("exercise.opened", "exercise.opened")
    assert ours.fact == theirs.fact == {"exercise": EXERCISE, "of": REGION, "people": len(CAST)}
    assert ours.command_id == theirs.command_id
    assert ours.actor["role"] == theirs.actor["role"] == "supervisor"


def test_the_real_regions_row_names_the_exercise_while_it_runs(stage: World):
    assert last(REGION).changes[0]["state"]["exercise"] == EXERCISE
    end(stage.sofie)
    assert last(REGION).changes[0]["state"]["exercise"] is None


def test_the_exercise_has_every_site_and_nothing_that_was_running(stage: World, there: Region):
    assert {one.pk for one in there.sites.all()} == {f"x1-{pk}" for pk in SITES}
    assert not Diversion.objects.filter(region=there).exists()
    assert SitePresence.objects.filter(region=there, state="never").count() == len(SITES)
    assert there.exercise_of_id == REGION


def test_journeys_there_are_reckoned_as_in_the_region_itself(world: World):
    factors = Factors({("line", Mode.PRIORITY, ANY): Factor(0.6, 0.5, 0.9, 40)})
    told(world)
    calibrate_journeys(actor=world.sofie, key=CommandKey.new(), region_id=REGION, factors=factors)
    begin(world.sofie)
    assert Region.objects.get(pk=EXERCISE).journey_factors == factors.as_stored()


def test_everybody_has_the_same_role_there(stage: World):
    held = Membership.objects.filter(region=EXERCISE).values_list("user__username", "role", "site_id")
    assert set(held) == {(who, role, site and f"x1-{site}") for who, (role, site) in CAST.items()}


def test_no_token_comes_along(stage: World):
    assert ApiToken.objects.filter(region=REGION).exists()
    assert not ApiToken.objects.filter(region=EXERCISE).exists()


def test_log_and_rows_of_both_streams_agree_from_first_to_last(real_stage: World):
    assert verify(EXERCISE) == []
    end(real_stage.sofie)
    assert verify(EXERCISE) == []
    assert [one.seq for one in read_after(EXERCISE, 0, limit=100)] == list(
        range(1, Stream.objects.get(pk=EXERCISE).head + 1)
    )


def test_an_exercise_of_a_simulated_region_is_simulated_too(world: World):
    told(world)
    Region.objects.filter(pk=REGION).update(simulated=True)
    begin()
    assert Region.objects.get(pk=EXERCISE).simulated


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "sam"])
def test_only_a_supervisor_or_an_administrator_opens_one(world: World, who: str):
    told(world)
    with pytest.raises(Denied) as refused:
        begin(getattr(world, who))
    assert refused.value.data["needs"] == "administrator or supervisor"
    assert not Region.objects.filter(exercise_of=REGION).exists()


@pytest.mark.parametrize("who", ["dina", "clara", "ruth", "ines", "sam"])
def test_only_a_supervisor_or_an_administrator_closes_it(stage: World, who: str):
    with pytest.raises(Denied):
        end(getattr(stage, who))
    assert Region.objects.get(pk=EXERCISE).closed_at is None


def test_no_token_opens_or_closes_one(stage: World):
    for region in (REGION, EXERCISE):
        actor, _ = machine(region, "feed:read", "cad:write", "diversions:write", "notices:write", "screens:beat")
        with pytest.raises(Denied):
            begin(actor)
        with pytest.raises(Denied):
            end(actor)


def test_whoever_supervises_the_exercise_alone_does_not_close_it(stage: World):
    """It is the real region that decides when its people are done rehearsing."""
    Membership.objects.create(user=stage.users["sam"], role="supervisor", region_id=EXERCISE)
    with pytest.raises(Denied):
        end(stage.sam)


def test_one_at_a_time(stage: World):
    with pytest.raises(Conflict) as refused:
        begin(stage.sofie)
    assert (refused.value.code, refused.value.row.pk) == ("exercise_open", EXERCISE)


def test_the_next_one_has_a_number_and_ids_of_its_own(stage: World):
    end(stage.sofie)
    begin(stage.sofie)
    assert Site.objects.filter(region=f"{REGION}-exercise-2", pk="x2-saint-luc").exists()


def test_there_is_no_exercise_of_an_exercise(stage: World):
    with pytest.raises(Invalid) as refused:
        begin(stage.sofie, EXERCISE)
    assert refused.value.code == "not_a_real_region"


def test_a_real_region_is_never_closed(stage: World):
    with pytest.raises(Invalid) as refused:
        end(stage.sofie, REGION)
    assert refused.value.code == "not_an_exercise"


def test_a_region_without_a_registry_has_nothing_to_copy(world: World):
    with pytest.raises(Conflict) as refused:
        begin(world.sofie)
    assert refused.value.code == "no_registry"


def test_it_is_closed_once(stage: World):
    end(stage.sofie)
    with pytest.raises(Conflict) as refused:
        end(stage.sofie)
    assert refused.value.code == "wrong_state"


# ---------------------------------------------------------------- after its end


def test_both_streams_tell_its_end_and_what_ended_with_it(stage: World):
    machine(EXERCISE, "feed:read")
    end(stage.sofie)
    assert last(REGION).fact == last(EXERCISE).fact
    assert last(REGION).fact["roles_ended"] == len(CAST) - 1
    assert last(REGION).fact["tokens_ended"] == 1
    assert last(EXERCISE).changes[0]["state"]["closed_at"] is not None


def test_its_machines_are_shut_out_even_one_let_in_at_the_last_moment(stage: World):
    _, secret = machine(EXERCISE, "feed:read")
    end(stage.sofie)
    ApiToken.objects.filter(region=EXERCISE).update(active=True)
    assert token_actor(secret) is None


def test_whoever_inspects_can_still_read_it_and_nobody_else(stage: World, there: Region):
    end(stage.sofie)
    assert {who for who in CAST if access.may(getattr(stage, who), "console.open", there)} == {"ines"}


def test_rights_in_the_real_region_are_as_before(stage: World):
    before = set(Membership.objects.filter(region=REGION).values_list("user", "role", "site"))
    end(stage.sofie)
    assert set(Membership.objects.filter(region=REGION).values_list("user", "role", "site")) == before
    assert token_actor(stage.cad_secret) == stage.cad


def test_nothing_is_written_to_it_any_more_not_even_by_the_server_itself(stage: World):
    end(stage.sofie)
    head = Stream.objects.get(pk=EXERCISE).head
    with pytest.raises(Conflict) as refused:
        machine(EXERCISE, "feed:read")
    assert refused.value.code == "exercise_closed"
    assert Stream.objects.get(pk=EXERCISE).head == head
    assert not ApiToken.objects.filter(region=EXERCISE).exists()


def test_the_clock_leaves_an_ended_exercise_alone_and_lives(stage: World):
    """Were it to try and be refused, it would fall silent for the real region too."""
    overdue_everything(stage)
    end(stage.sofie)
    head = Stream.objects.get(pk=EXERCISE).head
    tick()
    assert ClockBeat.objects.filter(name="clock").exists()
    assert Stream.objects.get(pk=EXERCISE).head == head
    assert [duty() for duty in DUTIES] == [0] * len(DUTIES)


def test_the_clock_works_in_an_exercise_that_runs(stage: World):
    overdue_everything(stage)
    tick()
    kinds = set(Event.objects.filter(region=EXERCISE).values_list("kind", flat=True))
    assert {"diversion.unconfirmed", "presence.changed", "question.overdue"} <= kinds


def overdue_everything(world: World) -> None:
    """In the exercise: a screen that was heard, a declaration nobody attests, a question nobody answers."""
    world.declare("x1-saint-pierre", actor=world.dina)
    beat(actor=world.ruth, site_id="x1-saint-jean", screen="s", visible=True, sound_armed=True)
    ask_question(actor=world.dina, key=CommandKey.new(), region_id=EXERCISE, text="Is your IT up?")
    long_ago = timezone.now() - timedelta(hours=9)
    Diversion.objects.filter(region=EXERCISE).update(review_at=long_ago)
    ScreenBeat.objects.filter(site__region=EXERCISE).update(at=long_ago)
    Question.objects.filter(region=EXERCISE).update(deadline_at=long_ago)


# ---------------------------------------------------------------- what the database holds by itself


def test_two_open_exercises_of_one_region_cannot_exist(stage: World):
    with pytest.raises(IntegrityError, match="exercise_one_open_per_region"), transaction.atomic():
        Region.objects.create(id=f"{REGION}-exercise-2", name={}, boundary=[], exercise_of_id=REGION)


@pytest.mark.parametrize(("code", "origin"), [(f"{REGION}-exercise-9", None), ("elsewhere", REGION)])
def test_a_code_and_what_it_says_cannot_disagree(world: World, code: str, origin: str | None):
    with pytest.raises(IntegrityError, match="region_code_tells_exercise"), transaction.atomic():
        Region.objects.create(id=code, name={}, boundary=[], exercise_of_id=origin)


def test_a_real_region_cannot_have_an_end(world: World):
    with pytest.raises(IntegrityError, match="region_closed_only_as_exercise"), transaction.atomic():
        Region.objects.filter(pk=REGION).update(closed_at=timezone.now())


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["region"].update(id="namur-exercise-1"),
        lambda d: [d["hospitals"].append({**d["hospitals"][0], "id": "x1-hospital"})],
    ],
)
def test_no_file_is_imported_under_an_exercises_name(db: None, change):
    document = load(shipped("namur"))
    change(document)
    with pytest.raises(Invalid) as refused:
        import_registry(actor=SYSTEM, key=CommandKey.new(), registry=parse(document))
    assert refused.value.code == "reserved_id"


def test_roles_at_sites_stay_roles_at_sites(stage: World):
    for one in Membership.objects.filter(region=EXERCISE):
        assert (one.role in SITE_ROLES) == (one.site_id is not None)


def test_nobody_is_shut_out_of_reality_from_an_exercise(stage: World):
    with pytest.raises(Invalid) as refused:
        members.deactivate_user(
            actor=stage.ada, key=CommandKey.new(), user_id=stage.users["dina"].pk, region_id=EXERCISE
        )
    assert refused.value.code == "not_in_exercise"

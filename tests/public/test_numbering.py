"""Numbers without a gap, and a last bulletin that is true, whoever acts at the same moment."""

from __future__ import annotations

from diversion.commands import diversions
from diversion.log import CommandKey
from diversion.models import Bulletin, Diversion, Event, Stream
from tests.threads import both
from tests.world import REGION, World


def see(world: World, diversion: Diversion, who: str = "dina"):
    return lambda: diversions.see_diversion(actor=getattr(world, who), key=CommandKey.new(), diversion_id=diversion.pk)


def amend(world: World, diversion: Diversion, **gates: str):
    return lambda: diversions.amend_diversion(
        actor=world.dina, key=CommandKey.new(), diversion_id=diversion.pk, changes={"gates": gates}
    )


def assert_numbered(count: int | None = None) -> None:
    told = list(Bulletin.objects.filter(region_id=REGION).order_by("number"))
    assert [one.number for one in told] == list(range(1, len(told) + 1))
    assert Stream.objects.get(pk=REGION).bulletins == len(told)
    if count is not None:
        assert len(told) == count
    # Each is told of by the event it names, in the same order.
    events = {one.seq: one for one in Event.objects.filter(kind="bulletin.published")}
    assert [events[one.seq].fact["bulletin"] for one in told] == [one.number for one in told]
    assert sorted(events) == [one.seq for one in told]


def test_many_seen_at_once_are_numbered_without_a_gap(real_world: World):
    sites = ("saint-pierre", "saint-luc", "saint-jean", "huderf")
    told = [real_world.declare(site, actor=real_world.dina) for site in sites for _ in range(3)]
    both(*(see(real_world, one, who) for one in told for who in ("dina", "dirk")))
    # The three of one site say the same: the public reads it once.
    assert_numbered()
    assert set(Bulletin.objects.values_list("site_id", flat=True)) == set(sites)


def test_of_two_changes_at_one_site_the_last_bulletin_tells_both(real_world: World):
    first = real_world.declare(gates={"walk_ins": "open"})
    second = real_world.declare(cause="power", gates={"walk_ins": "open"})
    for one in (first, second):
        see(real_world, one)()
    for ambulances, walk_ins in (("closed", "closed"), ("life_threatening", "vital_only"), ("open", "open")):
        both(amend(real_world, first, ambulances=ambulances), amend(real_world, second, walk_ins=walk_ins))
        # Closing is published when it has been seen; opening step by step at once.
        if ambulances == "closed":
            both(see(real_world, first), see(real_world, second))
        last = Bulletin.objects.all().of("saint-pierre").first()
        assert last is not None
        values = {gate: one["value"] for gate, one in last.content["gates"].items()}
        assert (values["ambulances"], values["walk_ins"]) == (ambulances, walk_ins)
    assert_numbered()


def test_seeing_one_failure_while_another_of_its_sites_changes_tells_the_truth_of_both(real_world: World):
    told = [real_world.declare(site, actor=real_world.dina) for site in ("saint-pierre", "saint-luc")]
    incident = "00000000-0000-0000-0000-0000000000aa"
    Diversion.objects.update(incident=incident, shared={"kind": "supplier", "name": "x"})
    other = real_world.declare("saint-luc", actor=real_world.dina, cause="power", gates={"walk_ins": "closed"})
    see(real_world, other)()
    both(see(real_world, told[0]), amend(real_world, other, walk_ins="open"))
    last = Bulletin.objects.all().of("saint-luc").first()
    assert last is not None
    values = {gate: one["value"] for gate, one in last.content["gates"].items()}
    assert (values["ambulances"], values["walk_ins"]) == ("closed", "open")
    assert_numbered()

"""The network: every place can be reached, journeys are plausible, parks are left alone."""

from __future__ import annotations

import random
import statistics
from itertools import pairwise

import pytest

from diversion.simulate import assumptions
from diversion.simulate.geometry import Plane, crossing, densified, distance, heading, inside, turn
from diversion.simulate.streets import LOCAL, MAIN, Streets, speed
from diversion.simulate.town import Town, build
from tests.simulate.cast import hospitals


def test_a_position_survives_the_way_to_metres_and_back():
    plane = Plane(4.35, 50.85)
    assert plane.degrees(plane.metres(4.40, 50.90)) == (4.40, 50.90)
    assert distance((0, 0), plane.metres(4.35, 50.86)) == pytest.approx(1112, abs=1)


def test_headings_are_clockwise_from_north():
    assert heading((0, 0), (0, 1)) == 0
    assert heading((0, 0), (1, 0)) == 90
    assert turn(350, 10) == 20


def test_segments_cross_once_or_not_at_all():
    assert crossing((0, 0), (2, 2), (0, 2), (2, 0)) == (1, 1)
    assert crossing((0, 0), (1, 0), (0, 1), (1, 1)) is None


def test_a_denser_line_keeps_its_vertices():
    line = densified([(0, 0), (0, 700), (100, 700)], 300)
    assert (0, 700) in line
    assert max(distance(a, b) for a, b in pairwise(line)) <= 300


def test_the_quickest_way_is_not_the_shortest_when_the_shortest_is_slow():
    streets = Streets()
    a, b, detour = streets.add((0, 0)), streets.add((1000, 0)), streets.add((500, 200))
    streets.join(a, b, LOCAL)
    streets.join(a, detour, MAIN)
    streets.join(detour, b, MAIN)
    route = streets.route((0, 0), (1000, 0))
    assert [leg.end for leg in route.legs] == [(500, 200), (1000, 0)]


def test_an_island_is_dropped_so_that_every_route_exists():
    streets = Streets()
    ends = [streets.add((x, 0)) for x in (0, 400, 800)]
    streets.join(ends[0], ends[1], LOCAL)
    streets.join(ends[1], ends[2], LOCAL)
    streets.add((5000, 5000))
    streets.keep_largest_part()
    assert len(streets.points) == 3


def test_every_hospital_is_reached_from_every_other(brussels: Town):
    points = [site.point for site in hospitals(brussels).values()]
    for start in points:
        for end in points:
            assert brussels.streets.route(start, end).end == pytest.approx(end, abs=1) or start == end


def test_journeys_agree_with_the_fitted_line(brussels: Town):
    """Not a calibration: the dispatcher's estimate and the simulated drive must not contradict each other."""
    rng = random.Random(1)
    sites = list(hospitals(brussels).values())
    ratios = []
    for _ in range(150):
        start, site = brussels.patient_point(rng), rng.choice(sites)
        metres = distance(start, site.point)
        if metres > 1000:
            driven = brussels.streets.route(start, site.point).seconds(priority=False)
            ratios.append(driven / assumptions.line_seconds(metres))
    assert 0.85 < statistics.median(ratios) < 1.2


def test_priority_is_faster_and_bounded():
    for street, fastest in assumptions.FASTEST_KMH.items():
        assert speed(street, priority=False) < speed(street, priority=True) <= fastest / 3.6


def test_no_patient_is_found_in_a_park_or_outside_the_region(brussels: Town):
    rng = random.Random(2)
    for _ in range(200):
        point = brussels.patient_point(rng)
        assert inside(point, brussels.boundary)
        assert not any(inside(point, green) for green in brussels.greens)


def test_side_streets_stay_out_of_parks(brussels: Town):
    streets = brussels.streets
    for node, edges in enumerate(streets.edges):
        for other, street in edges.items():
            if street == LOCAL:
                a, b = streets.points[node], streets.points[other]
                middle = ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
                assert not any(inside(middle, green) for green in brussels.greens)


def test_a_region_without_a_file_gets_a_town_around_its_hospitals():
    town = build("elsewhere", [(4.86, 50.46), (4.70, 50.45)])
    assert 300 < len(town.streets.points) < 2500
    start, end = town.plane.metres(4.86, 50.46), town.plane.metres(4.70, 50.45)
    assert 10 * 60 < town.streets.route(start, end).seconds(priority=False) < 40 * 60

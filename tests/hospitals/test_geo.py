"""Distances and containment, against figures that can be checked with a map."""

import math

import pytest

from hospitals import geo
from hospitals.geo import Point

SAINT_PIERRE = Point(50.83449, 4.34594)
SQUARE = [(4.0, 50.0), (5.0, 50.0), (5.0, 51.0), (4.0, 51.0)]
#: An L: the upper right quarter of the square is cut out.
BENT = [(4.0, 50.0), (5.0, 50.0), (5.0, 50.5), (4.5, 50.5), (4.5, 51.0), (4.0, 51.0)]


def test_a_place_is_no_distance_from_itself():
    assert geo.distance_m(SAINT_PIERRE, SAINT_PIERRE) == 0


def test_one_degree_of_latitude_is_about_111_kilometres():
    assert geo.distance_m(Point(50, 4), Point(51, 4)) == pytest.approx(111_195, abs=1)


def test_a_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude():
    at_equator = geo.distance_m(Point(0, 4), Point(0, 5))
    assert geo.distance_m(Point(60, 4), Point(60, 5)) == pytest.approx(at_equator / 2, rel=1e-4)


def test_distance_is_the_same_both_ways():
    delta = Point(50.81602, 4.39993)
    assert geo.distance_m(SAINT_PIERRE, delta) == geo.distance_m(delta, SAINT_PIERRE)


def test_a_few_metres_are_measured_as_a_few_metres():
    east = Point(SAINT_PIERRE.lat, SAINT_PIERRE.lon + 0.0001)
    assert geo.distance_m(SAINT_PIERRE, east) == pytest.approx(7.02, abs=0.01)


def test_antipodes_are_half_the_circumference_apart():
    half = math.pi * geo.EARTH_RADIUS_M
    assert geo.distance_m(Point(50.8, 4.3), Point(-50.8, -175.7)) == pytest.approx(half)


def test_the_shortest_way_crosses_the_antimeridian():
    assert geo.distance_m(Point(0, 179.5), Point(0, -179.5)) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize(("lat", "lon"), [(50.5, 4.5), (50.001, 4.001), (50.999, 4.999)])
def test_a_point_within_the_ring_is_inside(lat, lon):
    assert geo.inside(SQUARE, Point(lat, lon))


@pytest.mark.parametrize(("lat", "lon"), [(51.1, 4.5), (49.9, 4.5), (50.5, 3.9), (50.5, 5.1), (4.5, 50.5)])
def test_a_point_beyond_the_ring_is_outside(lat, lon):
    assert not geo.inside(SQUARE, Point(lat, lon))


@pytest.mark.parametrize(("lat", "lon"), [(50.0, 4.0), (51.0, 5.0), (50.0, 4.5), (50.5, 5.0), (51.0, 4.2)])
def test_corners_and_edges_belong_to_the_ring(lat, lon):
    assert geo.inside(SQUARE, Point(lat, lon))


def test_a_notch_in_the_ring_is_outside():
    assert not geo.inside(BENT, Point(50.75, 4.75))
    assert geo.inside(BENT, Point(50.75, 4.25))


def test_a_ray_through_a_corner_counts_it_once():
    diamond = [(4.0, 50.5), (4.5, 50.0), (5.0, 50.5), (4.5, 51.0)]
    assert geo.inside(diamond, Point(50.5, 4.5))
    assert not geo.inside(diamond, Point(50.5, 3.9))


def test_a_closing_corner_changes_nothing():
    closed = [*SQUARE, SQUARE[0]]
    for lat, lon in ((50.5, 4.5), (51.5, 4.5), (50.0, 4.0), (50.5, 3.5)):
        assert geo.inside(closed, Point(lat, lon)) == geo.inside(SQUARE, Point(lat, lon))


def test_the_direction_of_the_ring_changes_nothing():
    assert geo.inside(SQUARE[::-1], Point(50.5, 4.5))
    assert geo.area_deg2(SQUARE[::-1]) == geo.area_deg2(SQUARE) == pytest.approx(1)


def test_a_ring_on_one_line_encloses_nothing():
    assert geo.area_deg2([(4.0, 50.0), (4.5, 50.0), (5.0, 50.0)]) == 0

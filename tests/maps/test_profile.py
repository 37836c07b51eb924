"""A street is driven where its tags allow a motor vehicle, in the directions they allow, at the speed they tell."""

from __future__ import annotations

import pytest

from diversion.maps.profile import posted, speeds


@pytest.mark.parametrize(
    ("tags", "ahead", "back"),
    [
        ({"highway": "residential"}, 25, 25),
        ({"highway": "residential", "maxspeed": "50"}, 40, 40),
        ({"highway": "residential", "maxspeed": "BE:zone30"}, 24, 24),
        ({"highway": "residential", "oneway": "yes"}, 25, 0),
        ({"highway": "residential", "oneway": "-1"}, 0, 25),
        ({"highway": "residential", "junction": "roundabout"}, 25, 0),
        ({"highway": "motorway"}, 90, 0),
        ({"highway": "motorway", "oneway": "no"}, 90, 90),
        ({"highway": "motorway_link"}, 45, 45),
        ({"highway": "service", "access": "private"}, 0, 0),
        ({"highway": "service", "access": "private", "emergency": "yes"}, 15, 15),
        ({"highway": "service", "access": "no", "motor_vehicle": "yes"}, 15, 15),
        ({"highway": "residential", "motor_vehicle": "no"}, 0, 0),
        ({"highway": "service", "service": "parking_aisle"}, 0, 0),
        ({"highway": "footway"}, 0, 0),
        ({"highway": "pedestrian", "area": "yes"}, 0, 0),
        ({"waterway": "canal"}, 0, 0),
        ({}, 0, 0),
    ],
)
def test_what_the_tags_say_is_what_is_driven(tags: dict[str, str], ahead: float, back: float):
    assert speeds(tags) == (pytest.approx(ahead), pytest.approx(back))


@pytest.mark.parametrize(
    ("text", "kmh"),
    [("50", 50), ("30 mph", 48.28), ("BE:urban", 50), ("none", None), ("", None), ("walk", None), ("0", None)],
)
def test_a_posted_limit_is_read_as_a_figure_or_a_rule_or_not_at_all(text: str, kmh: float | None):
    assert posted(text) == (None if kmh is None else pytest.approx(kmh, abs=0.01))

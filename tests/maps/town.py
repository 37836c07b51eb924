"""A town of the tests' own, written as an OpenStreetMap extract: a grid of streets around the hospitals of the cast.

Streets run every 400 m or so, alternately one-way eastwards and westwards; a motorway is cut at the town's edge; an
island hangs on nothing. Nothing in it is of any real place but the corner of the globe it lies in.
"""

from __future__ import annotations

from pathlib import Path

from osmium import SimpleWriter
from osmium.osm.mutable import Node, Way

SOUTH, WEST, ROWS, COLUMNS = 50.820, 4.310, 21, 27
STEP_LAT, STEP_LON = 0.004, 0.006

#: The street along this row is closed by the tests that close one.
MIDDLE = 10


def number(row: int, column: int) -> int:
    """The OpenStreetMap number of a crossing."""
    return 1 + row * COLUMNS + column


def place(row: int, column: int) -> tuple[float, float]:
    """Degrees north and east of a crossing."""
    return SOUTH + row * STEP_LAT, WEST + column * STEP_LON


def write_town(path: Path, south: float = SOUTH, *, streets: bool = True) -> Path:
    """The extract, with its south edge where it is asked for."""
    path.unlink(missing_ok=True)
    writer = SimpleWriter(str(path))
    try:
        _nodes(writer, south)
        if streets:
            _streets(writer)
        _scenery(writer)
    finally:
        writer.close()
    return path


def _nodes(writer: SimpleWriter, south: float) -> None:
    for row in range(ROWS):
        for column in range(COLUMNS):
            lat, lon = place(row, column)
            tags = {"highway": "traffic_signals"} if row == column == MIDDLE else {}
            writer.add_node(Node(id=number(row, column), location=(lon, lat - SOUTH + south), tags=tags))
    for n, (lat, lon) in enumerate([(0.0, 0.2), (0.001, 0.2), (0.0, 0.201)]):
        writer.add_node(Node(id=9001 + n, location=(WEST + lon, south + lat)))
    writer.add_node(Node(id=9010, location=(WEST - 0.02, south)))
    writer.add_node(Node(id=9020, location=(WEST + 0.02, south + 0.02), tags={"place": "suburb", "name": "Centre"}))


def _streets(writer: SimpleWriter) -> None:
    way = 1
    for row in range(ROWS):
        oneway = {0: "yes", 1: "-1"}.get(row % 4, "no")
        tags = {"highway": "residential", "oneway": oneway, "name": f"Rue {row}"}
        writer.add_way(Way(id=way, nodes=[number(row, column) for column in range(COLUMNS)], tags=tags))
        way += 1
    for column in range(COLUMNS):
        tags = {"highway": "secondary" if column % 5 == 0 else "tertiary", "maxspeed": "50"}
        writer.add_way(Way(id=way, nodes=[number(row, column) for row in range(ROWS)], tags=tags))
        way += 1
    # Both carriageways end where the extract was cut.
    writer.add_way(Way(id=way, nodes=[9010, number(0, 0)], tags={"highway": "motorway"}))
    writer.add_way(Way(id=way + 1, nodes=[9001, 9002, 9003], tags={"highway": "residential"}))
    writer.add_way(Way(id=way + 2, nodes=[number(0, 0), number(20, 26)], tags={"highway": "footway"}))


def _scenery(writer: SimpleWriter) -> None:
    """What is drawn and not driven."""
    square = [number(2, 2), number(2, 4), number(4, 4), number(4, 2), number(2, 2)]
    writer.add_way(Way(id=801, nodes=square, tags={"leisure": "park", "name": "Parc"}))
    writer.add_way(Way(id=802, nodes=[number(0, 6), number(20, 6)], tags={"waterway": "canal"}))

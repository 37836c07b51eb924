"""The trace on which the screens' replica is tested is what the server says now."""

from __future__ import annotations

import json

from tests.replicas.record import TRACE, record
from tests.replicas.replica import Replica


def test_the_recorded_trace_is_what_the_server_says_now(transactional_db: None):
    """If it differs, record it again (python -m tests.replicas.record) and look at what has changed."""
    assert json.loads(record()) == json.loads(TRACE.read_text(encoding="utf-8"))


def test_the_recorded_trace_converges():
    for reader in json.loads(TRACE.read_text(encoding="utf-8"))["readers"]:
        replica = Replica.of(reader["snapshot"])
        for frame in reader["frames"]:
            replica.take(frame)
        assert replica.rows == Replica.of(reader["fresh"]).rows
        assert replica.cursor == reader["fresh"]["cursor"]

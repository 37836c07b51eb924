"""A database that fails in the middle of a command: what is certain is said, and what is not, as uncertain."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import InterfaceError, OperationalError, connection

from diversion.actors import SYSTEM
from diversion.api import errors
from diversion.errors import NotKnown, NotRecorded
from diversion.log import CommandKey, change
from diversion.models import CommandReceipt
from tests.world import REGION, World

ENDS_ITSELF = "PERFORM pg_terminate_backend(pg_backend_pid())"
HAS_NO_ROOM = "RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full'"


@pytest.fixture
def key(real_world: World) -> Iterator[CommandKey]:
    """A key of a command; afterwards this test's connection, which may have died, is another."""
    yield CommandKey.new()
    connection.close()


def fail(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN {what}; END $$")


def fail_at_commit(what: str) -> None:
    """By what is only looked at when everything else has been done."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE last_words (said int) ON COMMIT DROP")
        cursor.execute(
            f"CREATE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END $$"
        )
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER last AFTER INSERT ON last_words DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION pg_temp.fail()"
        )
        cursor.execute("INSERT INTO last_words VALUES (1)")


@pytest.mark.parametrize("what", [ENDS_ITSELF, HAS_NO_ROOM])
def test_a_database_that_fails_before_the_commit_has_recorded_nothing(key: CommandKey, what: str) -> None:
    with pytest.raises(NotRecorded), change(REGION, actor=SYSTEM, key=key):
        fail(what)
    connection.close()
    assert not CommandReceipt.objects.filter(command_id=key.id).exists()


def test_an_error_in_reply_to_the_commit_means_that_nothing_is_recorded(key: CommandKey) -> None:
    with pytest.raises(NotRecorded), change(REGION, actor=SYSTEM, key=key):
        fail_at_commit(HAS_NO_ROOM)
    assert not CommandReceipt.objects.filter(command_id=key.id).exists()


def test_a_database_that_goes_away_at_the_commit_leaves_open_whether_it_was_recorded(key: CommandKey) -> None:
    with pytest.raises(NotKnown), change(REGION, actor=SYSTEM, key=key):
        fail_at_commit(ENDS_ITSELF)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (NotRecorded("full"), "not_recorded", "nothing was recorded"),
        (NotKnown("gone"), "not_known", "is not known"),
        (OperationalError("gone"), "database_unavailable", "cannot be asked"),
        (InterfaceError("gone"), "database_unavailable", "cannot be asked"),
    ],
)
def test_callers_are_told_apart_what_became_of_it_and_when_to_ask_again(error: Exception, code: str, says: str) -> None:
    answer = errors.answer(error, {})
    assert answer is not None
    assert (answer.status_code, answer.data["code"], answer["Retry-After"]) == (503, code, "2")
    assert says in answer.data["detail"]

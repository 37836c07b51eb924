"""The shape of the source that the invariants rest on: one way to write, no hidden hooks, nothing too big to read.

Import directions are a stage of ./check of their own.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from diversion import access
from diversion.kinds import EventKind

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path
    for top in ("diversion", "hospitals")
    for path in (ROOT / top).rglob("*.py")
    if "migrations" not in path.parts and "__pycache__" not in path.parts
)
COMMANDS = sorted((ROOT / "diversion" / "commands").glob("*.py"))

LONGEST_FILE, LONGEST_FUNCTION = 300, 40

#: May write rows beside the commands: the log itself, and the clock's sign of life. Accounts are no part of the
#: picture; the demonstration makes its own.
WRITERS = {"log.py", "clock.py", "seed_demo.py"}
WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "delete"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=name_of(path))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "common", "core", "base", "misc", "shared"}
    assert [name_of(path) for path in SOURCES if {path.stem, *path.parts} & drawers] == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_can_be_read_in_one_sitting(path: Path):
    assert len(path.read_text().splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path):
    long = {one.name: one.end_lineno - one.lineno + 1 for one in functions(path) if one.end_lineno}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("path", [path for path in SOURCES if path.read_text().strip()], ids=name_of)
def test_a_module_opens_with_what_it_is_for(path: Path):
    assert ast.get_docstring(tree(path))


def test_nothing_happens_behind_a_save():
    """Signals and overridden save() write where nobody looks for it."""
    hidden = re.compile(
        r"django\S* import .*\b(signals|Signal|receiver)\b|\b(pre|post)_(save|delete|init)\b|m2m_changed"
    )
    assert [name_of(path) for path in SOURCES if hidden.search(path.read_text())] == []
    overridden = [f"{name_of(path)}: {one.name}" for path in SOURCES for one in functions(path)
                  if one.name in {"save", "delete", "full_clean"}]  # fmt: skip
    assert overridden == []


def test_only_commands_write():
    """Everything else reads, or hands a command what was said."""
    elsewhere = [
        f"{name_of(path)}:{node.lineno} .{node.func.attr}()"
        for path in SOURCES
        if path not in COMMANDS and path.name not in WRITERS and not {"embedded", "simulate"} & set(path.parts)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]
    assert elsewhere == []


def commands() -> Iterator[tuple[str, inspect.Signature]]:
    for path in COMMANDS:
        module = import_module(f"diversion.commands.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            signature = inspect.signature(function)
            public = function.__module__ == module.__name__ and not name.startswith("_")
            if public and "actor" in signature.parameters:
                yield f"{path.stem}.{name}", signature


def test_there_are_commands_to_look_at():
    assert len(list(commands())) > 20


@pytest.mark.parametrize(("name", "signature"), list(commands()), ids=[name for name, _ in commands()])
def test_a_command_names_its_actor_and_everything_else(name: str, signature: inspect.Signature):
    assert {one.kind for one in signature.parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert signature.parameters["actor"].default is inspect.Parameter.empty


def test_every_kind_of_event_is_recorded_somewhere():
    told = "\n".join(path.read_text() for path in COMMANDS)
    assert [kind.name for kind in EventKind if f"EventKind.{kind.name}" not in told] == []


def test_every_rule_of_access_is_asked_somewhere():
    asking = "\n".join(path.read_text() for path in SOURCES if path.name != "access.py")
    assert [action for action in access.RULES if f'"{action}"' not in asking] == []

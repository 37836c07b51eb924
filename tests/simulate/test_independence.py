"""The simulator stands outside: it imports nothing of the product, and its model knows neither clock nor network."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "diversion" / "simulate"
MODULES = sorted(PACKAGE.glob("*.py"))
ALLOWED = {"httpx"}
WORLDLY = {"driver", "api", "feed", "outbox", "people", "telling", "voice", "dispatch"}
FORBIDDEN_IN_MODEL = {"time", "asyncio", "httpx", "socket", "uuid", "secrets"}


def imported(path: Path) -> set[tuple[int, str]]:
    """(level, first name); level 1 is the package itself."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {(0, alias.name.split(".")[0]) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.level, (node.module or "").split(".")[0]))
    return found


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_the_standard_library_httpx_and_its_own_package_only(path: Path):
    for level, name in imported(path):
        assert level == 1 or name in ALLOWED or name in sys.stdlib_module_names, f"{path.name} imports {name}"
        assert level < 2


@pytest.mark.parametrize("path", [path for path in MODULES if path.stem not in WORLDLY], ids=lambda path: path.stem)
def test_the_model_has_no_clock_and_no_network(path: Path):
    assert not {name for level, name in imported(path) if level == 0} & FORBIDDEN_IN_MODEL

"""What diversion/SECURITY.md claims is tested where it says, and what it says is not done is not done."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "diversion" / "SECURITY.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")


def functions_of(path: Path) -> set[str]:
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_is_named_exists():
    named = NAMED.findall(PAGE.read_text())
    assert len(named) > 80
    gone = [f"{path}::{name}" for path, name in named
            if not (ROOT / path).is_file() or (name and name not in functions_of(ROOT / path))]  # fmt: skip
    assert gone == []


def test_every_file_that_is_named_exists():
    named = re.findall(r"`((?:diversion|tests|hospitals)/[\w./]+\.(?:sql|py|md))", PAGE.read_text())
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_there_are_twenty_attacks_and_more():
    rows = [line for line in PAGE.read_text().split("## OWASP")[0].splitlines() if "`tests/" in line]
    assert len(rows) > 40


def test_nothing_reads_xml_or_unpickles_or_evaluates():
    """So that nothing has to be said about entities, gadgets or injected code."""
    modules = {"pickle", "marshal", "shelve", "xml", "lxml", "xmlschema", "yaml"}
    calls = {"eval", "exec", "compile", "__import__"}
    found = []
    for path in [*(ROOT / "diversion").rglob("*.py"), *(ROOT / "hospitals").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names = [name for name in names if name != "xml.sax.saxutils"]  # which only writes
            if {name.partition(".")[0] for name in names} & modules:
                found.append(f"{path.name}: {names}")
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in calls:
                found.append(f"{path.name}: {node.func.id}()")
    assert found == []

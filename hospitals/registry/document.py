"""A registry file is read as exactly one JSON object, or refused with the line and column of the first fault."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

from jsonschema import Draft202012Validator

DATA: Final = Path(__file__).resolve().parent.parent / "data"
SCHEMA: Final = Path(__file__).resolve().parent / "schema.json"


class UnreadableRegistryError(ValueError):
    """The text is not one JSON object; ``line`` and ``column`` count from 1, or are None when no place is known."""

    code = "registry_unreadable"

    def __init__(self, reason: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(f"{place}{reason}")
        self.line = line
        self.column = column


def load(source: str | Path) -> dict[str, Any]:
    """The document in a file (a Path) or in a text (a str), unchecked; see ``check`` for what it says."""
    text = _text_of(source) if isinstance(source, Path) else source
    try:
        document = json.loads(text, object_pairs_hook=_no_repeated_keys, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise UnreadableRegistryError(f"not JSON: {error.msg}", error.lineno, error.colno) from error
    except RecursionError as error:
        raise UnreadableRegistryError("nested too deeply to be a registry") from error
    if not isinstance(document, dict):
        raise UnreadableRegistryError("a registry is one JSON object, in braces")
    _only_whole_characters(document)
    return document


def shipped(region: str) -> Path:
    """The registry file that comes with the product for a region; raises FileNotFoundError naming those there are."""
    path = DATA / f"{region}.json"
    if not path.is_file():
        known = ", ".join(sorted(file.stem for file in DATA.glob("*.json")))
        raise FileNotFoundError(f"no registry ships for {region!r}; there are: {known}")
    return path


@cache
def schema() -> dict[str, Any]:
    """The published JSON Schema of the format (draft 2020-12)."""
    published: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return published


def definitions() -> dict[str, Any]:
    """The schema's named parts, to which its references lead."""
    named: dict[str, Any] = schema()["$defs"]
    return named


@cache
def validator() -> Draft202012Validator:
    return Draft202012Validator(schema())


def _text_of(path: Path) -> str:
    try:
        # Editors on Windows put a byte-order mark in front; it is no fault of the registry.
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableRegistryError(f"byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _only_whole_characters(document: dict[str, Any]) -> None:
    # JSON can escape half a character ("\\ud83d"); no database and no socket can carry it.
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])[1:-1]
        raise UnreadableRegistryError(f"{half} is half of a character; write the whole character") from error


def _no_repeated_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # JSON readers keep the last of two equal keys in silence: one of two phone numbers would just vanish.
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnreadableRegistryError(f"the key {key!r} stands twice in one object; keep one of them")
        found[key] = value
    return found


def _no_constant(name: str) -> NoReturn:
    # Python reads NaN and Infinity, JSON has neither, and no comparison with NaN would ever refuse it.
    raise UnreadableRegistryError(f"{name} is not a JSON number; write null when the value is not established")

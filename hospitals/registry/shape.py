"""Breaches of the published schema, told in the words of the format instead of those of JSON Schema."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from jsonschema import ValidationError

from hospitals.registry.document import definitions, validator
from hospitals.registry.problem import Problem, Steps, path_of

#: Characters of a wrong value that a message quotes.
LONGEST_QUOTE = 60


def shape_faults(document: Mapping[str, Any]) -> tuple[list[Problem], frozenset[Steps]]:
    """All schema problems in the order of the file, and the places whose contents cannot be relied on."""
    errors = sorted(validator().iter_errors(document), key=lambda error: _order(error.absolute_path))
    # The library reports an object once per missing field; each field is named once.
    problems = dict.fromkeys(problem for error in errors for problem in _problems_of(error))
    return list(problems), frozenset(tuple(error.absolute_path) for error in errors)


def _order(steps: Iterable[str | int]) -> tuple[tuple[int, str], ...]:
    # Entry 10 comes after entry 2, and a number is never compared with a name.
    return tuple((step, "") if isinstance(step, int) else (-1, step) for step in steps)


def _problems_of(error: ValidationError) -> Iterator[Problem]:
    """The problems behind one schema error: a missing or an unknown field is a problem of its own."""
    steps = tuple(error.absolute_path)
    instance = cast("Mapping[str, Any]", error.instance)
    known = _schema(error).get("properties", {})
    if error.validator == "required":
        for name in _schema(error)["required"]:
            if name not in instance:
                yield Problem(path_of((*steps, name)), "missing", _missing(known[name]))
    elif error.validator == "additionalProperties":
        for name in instance:
            if name not in known:
                yield Problem(path_of((*steps, name)), "unknown_field", _unknown(name, known))
    else:
        yield Problem(path_of(steps), _code(error), _wrong(error))


def _schema(error: ValidationError) -> Mapping[str, Any]:
    # The library's type also allows the schemas true and false, which break no rule and so make no error here.
    return cast("Mapping[str, Any]", error.schema)


def _missing(field: Mapping[str, Any]) -> str:
    return "the field is missing; " + ("write null if it is not established" if _nullable(field) else "add it")


def _nullable(field: Mapping[str, Any]) -> bool:
    if "$ref" in field:
        return _nullable(definitions()[field["$ref"].rpartition("/")[2]])
    return "null" in field.get("type", ()) or None in field.get("enum", ())


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return "no such field in the format; " + (f"did you mean {near[0]!r}?" if near else "remove it")


def _code(error: ValidationError) -> str:
    return "wrong_type" if error.validator == "type" else "wrong_value"


def _wrong(error: ValidationError) -> str:
    said, demanded = _shortened(error.instance), _schema(error)[str(error.validator)]
    wanted = _schema(error).get("description")
    if error.validator == "enum":
        return f"{said} is not one of {_choices(demanded)}"
    if error.validator == "const":
        return f"{said} is not {demanded!r}, the only version read here"
    if error.validator == "type":
        fault = "null is not allowed here" if error.instance is None else f"{said} is {_kind(error.instance)}"
        return f"{fault}; write {wanted or _kinds(demanded)}"
    return f"{said} does not fit; write {wanted}" if wanted else f"{said}: {error.message}"


def _choices(values: Iterable[Any]) -> str:
    return ", ".join("null" if value is None else str(value) for value in values)


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str | int | float | None) else _kind(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"


def _kind(value: object) -> str:
    # bool before number: in Python True is an int, in JSON it is not.
    for kind, types in _KINDS.items():
        if isinstance(value, types):
            return kind
    return "null"


_KINDS: dict[str, tuple[type, ...]] = {
    "true or false": (bool,),
    "a number": (int, float),
    "a text": (str,),
    "a list": (list,),
    "an object": (dict,),
}
_NAMES = {
    "boolean": "true or false",
    "number": "a number",
    "integer": "a whole number",
    "string": "a text",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def _kinds(names: str | list[str]) -> str:
    return " or ".join(_NAMES[name] for name in ([names] if isinstance(names, str) else names))

"""python -m tests.setup.audit [--url URL]: known weaknesses of every locked package, Python's and the pages'.

Asks OSV (https://osv.dev, or a mirror of it), which is told names and versions and nothing else. Exit status 0 if it
knows of none, 1 with their numbers if it does, 2 if it could not be asked or did not answer for every package: not
having looked is no good news. Apart from `./check`, which must not depend on what was found out this morning.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

ROOT: Final = Path(__file__).resolve().parents[2]
OSV: Final = "https://api.osv.dev/v1/querybatch"
#: As many questions as OSV takes at once.
AT_ONCE: Final = 1000

Package = tuple[str, str, str]


class CouldNotLook(Exception):
    """Whoever should know did not answer, or not for everything."""


def locked() -> list[Package]:
    """Every package of the locks: ecosystem, name, version."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s\\;]+)", (ROOT / "requirements-check.txt").read_text(), re.MULTILINE)
    found: set[Package] = {("PyPI", name, version) for name, version in pins}
    pages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    for place, told in pages.items():
        name = place.rpartition("node_modules/")[2]
        if name and "version" in told:
            found.add(("npm", told.get("name", name), told["version"]))
    return sorted(found)


def known(packages: list[Package], url: str) -> Mapping[Package, list[str]]:
    """The numbers of the weaknesses known of each. Raises CouldNotLook."""
    found: dict[Package, list[str]] = {}
    for start in range(0, len(packages), AT_ONCE):
        some = packages[start : start + AT_ONCE]
        for package, answer in zip(some, _asked(some, url), strict=True):
            if answer:
                found[package] = answer
    return found


def _asked(packages: list[Package], url: str) -> list[list[str]]:
    asked = [{"package": {"ecosystem": one[0], "name": one[1]}, "version": one[2]} for one in packages]
    try:
        answer = httpx.post(url, json={"queries": asked}, timeout=60).raise_for_status().json()
        told = [[str(each["id"]) for each in one.get("vulns") or []] for one in answer["results"]]
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CouldNotLook(f"{url}: {error}") from error
    if len(told) != len(packages):
        raise CouldNotLook(f"{url}: asked about {len(packages)} packages, answered for {len(told)}")
    return told


def main(arguments: list[str]) -> int:
    url = arguments[1] if arguments[:1] == ["--url"] and len(arguments) == 2 else OSV
    packages = locked()
    try:
        found = known(packages, url)
    except CouldNotLook as error:
        print(f"COULD NOT LOOK, which is no good news: {error}", file=sys.stderr)
        return 2
    for (ecosystem, name, version), numbers in found.items():
        print(f"{ecosystem} {name} {version}: {', '.join(numbers)}")
    print(f"{len(packages)} packages asked about, {len(found)} with known weaknesses")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

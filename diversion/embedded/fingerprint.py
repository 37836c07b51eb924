"""The same number means the same files: what was prepared from them needs no second preparation."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

SOURCES = ("manage.py", "requirements.txt", "diversion", "hospitals")
KINDS = {".py", ".json", ".txt"}


def fingerprint(root: Path) -> str:
    """Names and contents of everything that decides the database's first content."""
    total = hashlib.sha256()
    for path in sorted(_files(root)):
        total.update(f"{path.relative_to(root)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def _files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        source = root / name
        yield from [source] if source.is_file() else (each for each in source.rglob("*") if each.suffix in KINDS)

"""Where to look and who to log in as, for a person who has just started the product."""

import json
from pathlib import Path
from typing import TypedDict


class Login(TypedDict):
    role: str
    username: str
    password: str
    url_path: str


class Made(TypedDict):
    logins: list[Login]
    token: str


def welcome(url: str, logins: Path, replay: str | None) -> str:
    """The last thing ./run prints before it falls silent."""
    made: Made = json.loads(logins.read_text())
    rows = [("role", "page", "user name", "password")]
    rows += [(each["role"], url + each["url_path"], each["username"], each["password"]) for each in made["logins"]]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(
        [
            "",
            f"  Ready: {url}/",
            "",
            *(f"  {line.rstrip()}" for line in table),
            "",
            f"  API: {url}/api/docs   token (feed:read, cad:write): {made['token']}",
            "",
            f"  Passkeys belong to a name, not to a number: to try one, open {url.replace('127.0.0.1', 'localhost')}/",
            "",
            f"  {_what_moves(replay)}",
            "  These accounts exist on this machine only. Ctrl-C stops everything.",
            "",
        ]
    )


def _what_moves(replay: str | None) -> str:
    if replay is None:
        return "No simulation: vehicles and declarations are yours to make."
    return f"A simulated city is on the move, replaying {replay}."

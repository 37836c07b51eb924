"""The servers never run as root: root lends them to an existing unprivileged account.

PostgreSQL refuses to run as root. No account is created for it: a demonstration must leave the
machine as it was.
"""

import os
import pwd
from dataclasses import dataclass
from typing import TypedDict

from diversion.embedded.errors import EmbeddedError

BORROWED_ACCOUNTS = ("nobody", "daemon")


class RunAs(TypedDict, total=False):
    """What `subprocess` needs to start a program as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Owner:
    uid: int
    gid: int
    name: str

    @property
    def borrowed(self) -> bool:
        return self.uid != os.geteuid()

    def run_as(self) -> RunAs:
        """Supplementary groups are dropped too: root's would keep its doors open."""
        if not self.borrowed:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def service_owner() -> Owner:
    """The account that owns the servers and their data."""
    if os.geteuid() != 0:
        return _named(current_account())
    for name in BORROWED_ACCOUNTS:
        try:
            return _named(pwd.getpwnam(name))
        except KeyError:
            continue
    raise EmbeddedError(
        "PostgreSQL does not run as root and this system has none of the accounts "
        f"{', '.join(BORROWED_ACCOUNTS)}. Start again as an ordinary user."
    )


def current_account() -> pwd.struct_passwd:
    """The account of this process; peer authentication needs its name."""
    try:
        return pwd.getpwuid(os.geteuid())
    except KeyError as missing:
        raise EmbeddedError(f"User id {os.geteuid()} has no name in /etc/passwd; PostgreSQL needs one.") from missing


def _named(account: pwd.struct_passwd) -> Owner:
    return Owner(uid=account.pw_uid, gid=account.pw_gid, name=account.pw_name)

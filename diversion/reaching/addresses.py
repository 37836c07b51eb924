"""Addresses: an apprise URL taken apart into what may be shown. The URL itself is never shown, logged or told.

Which gateway serves which medium is a closed list: a scheme that is not here is refused, so that nobody is thought to
be reached by what only writes to this machine's own log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

import apprise

from diversion.reaching import schemes

#: Seconds that a gateway may keep us waiting, to connect and to answer: shorter than a delivery's lease.
PATIENCE: Final = 10.0
#: Schemes of which the host is a host; elsewhere it may be a part of the credentials.
_OPEN_HOSTS: Final = frozenset({"json", "jsons", "xml", "xmls", "form", "forms", "mailto", "mailtos"})


class NoAddress(Exception):
    """This is no address that can be sent to. Says why, never what."""


@dataclass(frozen=True, slots=True)
class Address:
    """What may be known of one."""

    medium: str
    ends: str


def read(url: str) -> Address:
    """What may be shown of an address. Raises NoAddress."""
    plugin = gateway(url)
    scheme = url.partition("://")[0].lower()
    return Address(medium=_medium(scheme, plugin), ends=_ends(scheme, plugin))


def gateway(url: str) -> Any:
    """The library's own object for an address, with our patience instead of its own. Raises NoAddress."""
    scheme = url.partition("://")[0].lower()
    if scheme not in schemes.MEDIA:
        raise NoAddress("its scheme is none of: " + ", ".join(sorted(schemes.MEDIA)))
    plugin: Any = apprise.Apprise.instantiate(url)
    if plugin is None:
        raise NoAddress("it is not written as that gateway needs it")
    if _is_of_the_machine(getattr(plugin, "host", None)):
        raise NoAddress("its host is the machine's own network configuration, not a gateway")
    plugin.socket_connect_timeout = plugin.socket_read_timeout = PATIENCE
    return plugin


def _is_of_the_machine(host: Any) -> bool:
    """Link-local addresses: in a cloud, where a server's own credentials are read. No gateway lives there.

    Addresses inside a hospital's network are not refused: its gateway for pagers is one.
    """
    try:
        return ip_address(str(host).strip("[]")).is_link_local
    except ValueError:
        return False


def _medium(scheme: str, plugin: Any) -> str:
    if getattr(plugin, "method", None) == "call":
        return "voice"
    return schemes.MEDIA[scheme]


def _ends(scheme: str, plugin: Any) -> str:
    """The last characters of whom it reaches: enough to tell two apart, too little to call or to log in."""
    target = _last_target(getattr(plugin, "targets", None))
    if target is not None:
        return f"…{target[-3:]}" if len(target) > 6 else "…"
    return str(plugin.host) if scheme in _OPEN_HOSTS else "…"


def _last_target(targets: Any) -> str | None:
    """Gateways keep their targets as texts, as pairs ending with the text, or by name; None if there is none."""
    found = list(targets) if isinstance(targets, list | tuple | set | Mapping) else []
    if not found:
        return None
    last = found[-1]
    return str(last[-1] if isinstance(last, list | tuple) else last)

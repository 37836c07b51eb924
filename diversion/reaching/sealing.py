"""Addresses at rest: encrypted, because they carry a gateway's credentials. Whoever reads the database reads none.

The key is derived from SECRET_KEY: when that changes, every channel's address has to be given again.
"""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class Unreadable(Exception):
    """This was sealed under another key, or is damaged."""


def seal(address: str) -> str:
    return _box(settings.SECRET_KEY).encrypt(address.encode()).decode()


def unseal(sealed: str) -> str:
    """The address. Raises Unreadable."""
    try:
        return _box(settings.SECRET_KEY).decrypt(sealed.encode()).decode()
    except InvalidToken:
        # From None: the cause says nothing more, and must not carry a key's traces into a log.
        raise Unreadable from None


@cache
def _box(secret: str) -> Fernet:
    # ``info`` keeps this key apart from all else that Django derives from the same secret.
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"diversion: channel addresses")
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))

"""The key that exports of the log are signed with: Ed25519, from the environment, never in the database.

Whoever can rewrite the database must not be able to sign what they have made of it: keep the key where only the
command that exports can read it, and give the public key to whoever is to check.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import partial

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

FORM = "an Ed25519 key: PEM, or the 32 bytes in base64"


class UnusableKey(ValueError):
    """What was given is no key of ours; the text says what is, and never repeats what was given."""


def new_key() -> str:
    """A new private key as LOG_SIGNING_KEY takes it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def private_key(text: str) -> Ed25519PrivateKey:
    """As LOG_SIGNING_KEY has it. Raises UnusableKey."""
    found = _read(text, partial(load_pem_private_key, password=None), Ed25519PrivateKey.from_private_bytes)
    if not isinstance(found, Ed25519PrivateKey):
        raise UnusableKey(f"not {FORM}, without a password")
    return found


def public_key(text: str) -> Ed25519PublicKey:
    """As ``told`` says it, or in PEM. Raises UnusableKey."""
    found = _read(text, load_pem_public_key, Ed25519PublicKey.from_public_bytes)
    if not isinstance(found, Ed25519PublicKey):
        raise UnusableKey(f"not {FORM}")
    return found


def _read(text: str, pem: Callable[[bytes], object], raw: Callable[[bytes], object]) -> object | None:
    """Whatever key the text is; None where it is none."""
    try:
        if "-----BEGIN" in text:
            # One line of an environment file has its line ends written as \n.
            return pem(text.replace("\\n", "\n").encode())
        return raw(base64.b64decode(text.strip(), validate=True))
    except (ValueError, TypeError, binascii.Error, UnsupportedAlgorithm):
        return None


def told(key: Ed25519PublicKey) -> str:
    """A public key as people pass it on: base64 of its 32 bytes."""
    return base64.b64encode(key.public_bytes_raw()).decode()


def signature(key: Ed25519PrivateKey, said: str) -> str:
    return base64.b64encode(key.sign(said.encode())).decode()


def is_signed(key: Ed25519PublicKey, said: str, by: str) -> bool:
    try:
        key.verify(base64.b64decode(by, validate=True), said.encode())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True

"""Web Push: a message to a browser whose page is closed, handed to the push service that gave the browser its address.

Nothing is ever posted but to a service of a closed list: the address is said by whoever enrols a browser, and a server
that posts wherever it is told reaches into its own network. What is sent is encrypted for that one browser (RFC 8291);
the service learns when and how much, and that it was us (RFC 8292).
"""

from __future__ import annotations

import base64
import binascii
import json
import time
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from typing import Final

import http_ece
import httpx
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02

from diversion.reaching.addresses import PATIENCE, NoAddress

#: The services of the browsers' makers: Chrome and most others, Firefox; then Safari and Edge, which number theirs.
HOSTS: Final = frozenset({"fcm.googleapis.com", "updates.push.services.mozilla.com"})
DOMAINS: Final = (".push.apple.com", ".notify.windows.com")
#: Seconds a service keeps a message for a device that is out of reach. We give up after eight minutes ourselves
#: (``BACKOFF``): what is older would wake somebody for a picture that has passed.
TTL: Final = 600
#: Seconds for which our signature is good: enough for clocks that differ; the services refuse more than a day.
SIGNED_FOR: Final = 3600
_SCHEME: Final = "webpush:"
#: The order of P-256: a private key is a number from 1 to one less.
_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a browser says when it subscribes: where to, its public key, and a secret; the last two in base64url."""

    endpoint: str
    p256dh: str
    auth: str

    def __repr__(self) -> str:
        # A dataclass would print the address into any traceback.
        return "Subscription()"


@dataclass(frozen=True, slots=True)
class Notification:
    """What the worker of the page shows: ``tag`` names what it replaces, ``url`` is a path of ours to open."""

    title: str
    body: str
    tag: str
    url: str
    test: bool


# ------------------------------------------------------------------ addresses


def check(subscription: Subscription) -> str:
    """The host of its push service, which may be shown. Raises NoAddress."""
    host = _host(subscription.endpoint)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(subscription.p256dh))
        secret = _bytes(subscription.auth)
    except ValueError:
        raise NoAddress("its keys are none of a browser's") from None
    if len(secret) != 16:
        raise NoAddress("its keys are none of a browser's")
    return host


def device(subscription: Subscription) -> str:
    """A name for the browser that it can make itself, to find itself among the channels; its address cannot be made
    from it, being random in more bits than this has.
    """
    return sha256(subscription.endpoint.encode()).hexdigest()[:32]


def as_address(subscription: Subscription) -> str:
    """The text that is sealed."""
    return _SCHEME + json.dumps(asdict(subscription))


def is_device(address: str) -> bool:
    return address.startswith(_SCHEME)


def _host(endpoint: str) -> str:
    # Read by the very library that posts: two readers of one address may differ about whose it is.
    try:
        url = httpx.URL(endpoint)
    except httpx.InvalidURL:
        raise NoAddress("it is not written as an address") from None
    origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
    known = origin == f"https://{url.host}" and (url.host in HOSTS or url.host.endswith(DOMAINS))
    if url.userinfo or not (known or origin in settings.PUSH_SERVICES):
        raise NoAddress("its push service is not one that is known here")
    return url.host


def _bytes(text: str) -> bytes:
    """Raises ValueError."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error


# ------------------------------------------------------------------ sending


def post(address: str, notification: Notification) -> str | None:
    """Hand it to the service. None when that took it; otherwise one of ERRORS. Raises NoAddress."""
    to = Subscription(**json.loads(address.removeprefix(_SCHEME)))
    # Again: a service may have been taken off the list since.
    check(to)
    try:
        # Streamed and left unread: what a service says beyond its status is of no use, and may be endless.
        with httpx.stream(
            "POST",
            to.endpoint,
            content=_encrypted(to, notification),
            headers=_headers(to),
            timeout=PATIENCE,
            # A redirect would lead off the list.
            follow_redirects=False,
        ) as answer:
            return None if answer.is_success else f"refused {answer.status_code}"
    except httpx.HTTPError:
        return "unreachable"


def _encrypted(to: Subscription, notification: Notification) -> bytes:
    encrypted: bytes = http_ece.encrypt(
        json.dumps(asdict(notification), ensure_ascii=False).encode(),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(to.p256dh),
        auth_secret=_bytes(to.auth),
        version="aes128gcm",
    )
    return encrypted


def _headers(to: Subscription) -> dict[str, str]:
    url = httpx.URL(to.endpoint)
    claims = {
        "aud": f"{url.scheme}://{url.netloc.decode('ascii')}",
        "exp": int(time.time()) + SIGNED_FOR,
        "sub": _sender(),
    }
    # Not strict: the library takes no host without a dot, and a centre may have one.
    signed: dict[str, str] = Vapid02(_key(settings.SECRET_KEY), conf={"no-strict": True}).sign(claims)
    # High: it wakes a phone that saves its battery.
    return {**signed, "Content-Encoding": "aes128gcm", "TTL": str(TTL), "Urgency": "high"}


def _sender() -> str:
    """Where a service may ask about us: the product's own address, never a person's."""
    host = httpx.URL(settings.PUBLIC_URL).host
    return f"https://{host or 'localhost'}"


# ------------------------------------------------------------------ our key


def public_key() -> str:
    """Ours, as a browser wants it when it subscribes: only what we sign is then taken for it."""
    point = _key(settings.SECRET_KEY).public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).decode().rstrip("=")


@cache
def _key(secret: str) -> ec.EllipticCurvePrivateKey:
    # ``info`` keeps this key apart from all else that is derived from the same secret. Half as many bits again as the
    # order has, so that the remainder favours no number.
    derived = HKDF(algorithm=SHA256(), length=48, salt=None, info=b"diversion: web push").derive(secret.encode())
    return ec.derive_private_key(1 + int.from_bytes(derived) % (_ORDER - 1), ec.SECP256R1())

"""Logs are one JSON object a line, in UTC, on standard error; they carry ids and codes: no patient, name or secret.

What belongs together shares an id: ``request`` (the proxy's, or ours, told in the answer's X-Request-ID) and
``command`` (the caller's idempotency key), which is also in the log of events and on every line about what it set off.
"""

from __future__ import annotations

import logging
import re
from typing import Any, Final

import orjson
import structlog

#: Addresses that open something: a line may tell that they were used, never what they were.
SECRET: Final = re.compile(r"(/enrol/)[^/\s?]+")
#: Read first by people.
FIRST: Final = ("timestamp", "level", "event")


def formatter() -> logging.Formatter:
    return structlog.stdlib.ProcessorFormatter(
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _without_secrets,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        foreign_pre_chain=SHARED,
    )


def _without_secrets(
    _logger: structlog.typing.WrappedLogger, _name: str, told: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    return {name: SECRET.sub(r"\1…", one) if isinstance(one, str) else one for name, one in told.items()}


def _line(told: dict[str, Any], **_: Any) -> str:
    first = {name: told[name] for name in FIRST if name in told}
    return orjson.dumps({**first, **told}, default=str, option=orjson.OPT_NON_STR_KEYS).decode()


SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.format_exc_info,
]

structlog.configure(
    processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)

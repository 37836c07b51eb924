"""The session store: Django's own in the database, with whose session it is and since when in columns of their own.

Both are copied from what the session holds, at every save: they cannot say something else.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from diversion.identity import is_session_key, logged_in_at
from diversion.models import LoginSession


class SessionStore(DatabaseStore):
    def _validate_session_key(self, key: str | None) -> bool:
        """Django asks for its length alone; a zero byte in a cookie then fails in the database."""
        return key is not None and is_session_key(key)

    @classmethod
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        row = super().create_model_instance(data)
        assert isinstance(row, LoginSession)
        row.user_id = int(data[SESSION_KEY]) if data.get(SESSION_KEY) else None
        row.login_at = logged_in_at(data)
        return row

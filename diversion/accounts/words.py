"""What roles and refusals are called on pages the server draws; the screens have their own catalogue."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

ROLE_NAMES: Final[dict[str, Any]] = {
    "dispatcher": _("112 operator"),
    "supervisor": _("Supervisor of the 112 centre"),
    "coordinator": _("Coordinator of the hospital"),
    "receiver": _("Emergency department"),
    "crew": _("Ambulance crew"),
    "inspector": _("Federal health inspector"),
    "administrator": pgettext_lazy("role", "Administrator"),
}
#: What a role lets one do, in plain words.
ROLE_MEANS: Final[dict[str, Any]] = {
    "dispatcher": _("Sees the whole region, redirects vehicles, declares for a hospital that phones."),
    "supervisor": _("As an operator; also strikes a declaration made in error."),
    "coordinator": _("Declares an IT failure of this site, changes it, reopens."),
    "receiver": _("Sees the patients announced to this site and acknowledges them."),
    "crew": _("Confirms the orders of its vehicle."),
    "inspector": _("Reads everything, changes nothing."),
    "administrator": _("Invites people, gives and takes roles, keeps the registry."),
}
#: Why something was not done, by the code of the refusal.
REFUSALS: Final[dict[str, Any]] = {
    "card_code_wrong": _("User name or code is not right. Nothing was used up."),
    "card_code_spent": _("This code has been used, or a later one has. Take the next code on the card."),
    "card_revoked": _("This card is no longer in force: it was replaced or withdrawn."),
    "too_many": _("Too many tries. Wait five minutes; the passkey and the password still work."),
    "invitation_used": _("This link has already been used."),
    "invitation_revoked": _("This link has been withdrawn or replaced by a newer one."),
    "invitation_expired": _("This link has expired: it worked for 72 hours."),
    "username_taken": _("There is already an account with this user name."),
    "username_invalid": _("A user name has letters, figures and @ . + - _ only."),
    "denied": _("Not your hospital or not your role."),
    "site_mismatch": _("This role is held at a site, or for the whole region: choose the site accordingly."),
    "raced": _("Somebody else did the same at this moment. Look again."),
    "already_done": _("This was already done with this form. The link or card is shown once only: make a new one."),
}


def refusal(code: str) -> Any:
    return REFUSALS.get(code, code)

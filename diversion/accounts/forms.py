"""What people type at the doors. Judged here only as text; whether it opens anything is the commands' business."""

from __future__ import annotations

from typing import Any

from allauth.account.fields import PasswordField, SetPasswordField
from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _

from diversion.models.members import ROLES, SITE_ROLES
from hospitals.models import Site


class CardForm(forms.Form):
    """Who one is and the next code of one's card."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Next code of the card"),
        max_length=40,
        help_text=_("Twelve letters and figures. Spaces and capitals do not matter."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "code"}
        ),
    )


class EnrolForm(forms.Form):
    """A new password, judged for the person it is for, and typed twice."""

    password1 = SetPasswordField(label=_("New password"), autocomplete="new-password")
    password2 = PasswordField(label=_("The same password again"), autocomplete="new-password")

    def __init__(self, *given: Any, user: User, **more: Any) -> None:
        super().__init__(*given, **more)
        self.user = self.fields["password1"].user = user  # type: ignore[attr-defined]  # SetPasswordField asks for it

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("password1") and said.get("password2") and said["password1"] != said["password2"]:
            self.add_error("password2", _("The two passwords differ."))
        return said


class InviteForm(forms.Form):
    """Somebody new, with one role; more roles are granted afterwards."""

    username = forms.CharField(label=_("User name"), max_length=150, widget=forms.TextInput({"autocomplete": "off"}))
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"))
    site = forms.ChoiceField(label=_("Hospital site"), required=False)

    def __init__(self, *given: Any, region_id: str, role_names: dict[str, Any], language: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["role"].choices = [(role, role_names[role]) for role in ROLES]  # type: ignore[attr-defined]
        own = "nl" if language == "nl" else "fr"
        sites = [(site.pk, site.name.get(own) or site.name["fr"]) for site in Site.objects.filter(region_id=region_id)]
        nowhere = ("", _("none: the role is for the whole region"))
        self.fields["site"].choices = [nowhere, *sorted(sites, key=lambda one: one[1])]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("role") and (said["role"] in SITE_ROLES) != bool(said.get("site")):
            at_site = said["role"] in SITE_ROLES
            self.add_error("site", _("This role needs a site.") if at_site else _("This role is for a whole region."))
        return said

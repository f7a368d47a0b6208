from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy as _

from network import services
from network.admin_scoping import RegionScopedAdmin
from network.enums import ROLES_OF_A_SIDE
from network.models import RoleGrant


class RoleGrantForm(forms.ModelForm):
    """A new role: for whom by e-mail address, so that nobody has to look through a list of people."""

    email = forms.EmailField(label=_("E-mail address of the account"))

    class Meta:
        model = RoleGrant
        fields = ("email", "role", "region", "starts_on", "ends_on")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") in ROLES_OF_A_SIDE and not data.get("region"):
            self.add_error("region", _("A regional coordinator needs a side; the other roles have none."))
        if data.get("role") and data["role"] not in ROLES_OF_A_SIDE and data.get("region"):
            self.add_error("region", _("A regional coordinator needs a side; the other roles have none."))
        return data


@admin.register(RoleGrant)
class RoleGrantAdmin(RegionScopedAdmin):
    """Roles: granted from a day to a day, ended with a button, never edited."""

    form = RoleGrantForm
    list_display = ("holder", "role", "region", "starts_on", "ends_on", "ended_at")
    list_filter = ("role", "region")
    list_select_related = ("user__practitioner", "region")
    ordering = ("-starts_on", "-pk")
    change_form_template = "admin/network/rolegrant/change.html"

    @admin.display(description=_("account"))
    def holder(self, obj: RoleGrant) -> str:
        practitioner = getattr(obj.user, "practitioner", None)
        return practitioner.name if practitioner else obj.user.email

    @admin.display(description=_("E-mail address of the account"))
    def address(self, obj: RoleGrant) -> str:
        return obj.user.email

    def has_change_permission(self, request: HttpRequest, obj: RoleGrant | None = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> Any:
        if obj is None:
            return ("email", "role", "region", "starts_on", "ends_on")
        return ("holder", "address", "role", "region", "starts_on", "ends_on", "granted_at", "ended_at")

    def get_readonly_fields(self, request: HttpRequest, obj: RoleGrant | None = None) -> Any:
        return ("holder", "address", "granted_at", "ended_at") if obj else ()

    def save_model(self, request: HttpRequest, obj: RoleGrant, form: forms.ModelForm, change: bool) -> None:
        data = form.cleaned_data
        grant = services.grant_role(
            email=data["email"],
            role=data["role"],
            region=data["region"],
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            by=request.user,
        )
        obj.pk, obj.user, obj.granted_at = grant.pk, grant.user, grant.granted_at

    def moves(self) -> dict[str, Any]:
        return {"end": self._end}

    def _end(self, request: HttpRequest, obj: RoleGrant) -> str:
        services.end_role(grant=obj, by=request.user)
        return gettext("The role has ended. All open sessions of this account have ended too.")

    def around_form(self, request: HttpRequest, obj: RoleGrant) -> dict[str, Any]:
        return {"can_end": not obj.ended_at and self._allows(request, "change")}

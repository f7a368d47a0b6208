from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from network import policies, selectors, services
from network.admin.reference import InWords
from network.admin_scoping import RegionScopedAdmin
from network.admin_site import Card, JisrAdminSite
from notifications import outbox

site: JisrAdminSite = admin.site  # type: ignore[assignment]


class KindInWords(InWords):
    def words(self, code: str) -> str:
        return outbox.in_words(code)


@admin.register(outbox.Message)
class MessageAdmin(RegionScopedAdmin):
    """What was told to whom, without its words: which notices failed, and a button to send them again."""

    list_display = (
        "number",
        "told_kind",
        "channel",
        "language",
        "state",
        "attempts",
        "created_at",
        "sent_at",
        "last_error",
    )
    list_filter = ("state", "channel", ("kind", KindInWords))
    ordering = ("-id",)
    fields = (
        "told_kind",
        "recipient",
        "channel",
        "language",
        "discreet",
        "subject_ref",
        "state",
        "attempts",
        "created_at",
        "due_at",
        "expires_at",
        "sent_at",
        "last_error",
    )
    change_form_template = "admin/network/message/change.html"

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return selectors.messages_visible_to(request.user).order_by(*self.ordering)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("number"), ordering="id")
    def number(self, obj: outbox.Message) -> int:
        return obj.pk

    @admin.display(description=_("kind"), ordering="kind")
    def told_kind(self, obj: outbox.Message) -> str:
        return outbox.in_words(obj.kind)

    @admin.display(description=_("recipient"))
    def recipient(self, obj: outbox.Message) -> str:
        return gettext("account %(number)s") % {"number": obj.recipient_id} if obj.recipient_id else "-"

    def moves(self) -> dict[str, Any]:
        return {"resend": self._resend}

    def _resend(self, request: HttpRequest, obj: outbox.Message) -> str:
        if services.resend_message(message=obj, by=request.user):
            return gettext("It will be sent again in a moment.")
        return gettext("This notice is not in a state to be sent again.")

    def around_form(self, request: HttpRequest, obj: Any) -> dict[str, Any]:
        return {"can_resend": obj.state in outbox.RESENDABLE_STATES and self._allows(request, "change")}


@site.card
def notices_that_failed(request: HttpRequest) -> Card | None:
    """Notices to this coordinator's people that could not be sent."""
    if not policies.allows(request.user, "view", "notifications.message"):
        return None
    failed = selectors.messages_visible_to(request.user).unsent()
    count = failed.count()
    rows = [
        {
            "url": reverse("admin:notifications_message_change", args=[message.pk]),
            "label": f"{message.pk} · {outbox.in_words(message.kind)}",
            "detail": message.last_error or message.get_state_display(),
        }
        for message in failed.order_by("-id")[:5]
    ]
    return Card(
        title=gettext("Notices that failed"),
        icon="mail",
        url=reverse("admin:notifications_message_changelist") + "?state__exact=gave_up",
        count=count,
        rows=rows,
        empty=gettext("All notices went out."),
        urgent=count > 0,
    )

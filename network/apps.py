from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    name = "network"
    verbose_name = _("Network")

    def ready(self) -> None:
        # Models can't be imported before all apps are there, and the outbox has one.
        from notifications import outbox

        def kind(code: str, words: object, **options: object) -> outbox.Kind:
            return outbox.Kind(code, f"network/email/{code.replace('-', '_')}", words=words, **options)  # type: ignore[arg-type]

        outbox.register(
            outbox.Kind(
                "account", "network/email/account_{words}", secret=True, plain=True, words=_("account and login")
            ),
            kind("membership-applied", _("application for membership"), topic="membership"),
            kind("membership-verified", _("membership verified")),
            kind("membership-declined", _("membership declined")),
            kind("membership-suspended", _("membership suspended")),
            kind("membership-reinstated", _("membership reinstated")),
            kind("role-granted", _("role granted")),
            kind("role-ended", _("role ended")),
            topics={"membership": _("Applications that wait for me (coordinators)")},
        )

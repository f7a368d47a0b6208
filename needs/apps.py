from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NeedsConfig(AppConfig):
    name = "needs"
    verbose_name = _("Needs of facilities")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from facilities import joint
        from needs import personal as own, selectors, services
        from network import personal
        from network.services import reference
        from notifications import outbox

        reference.register(services.load_items)

        def kind(code: str, words: object, *, secret: bool = False, plain: bool = False) -> outbox.Kind:
            topic = "" if plain else "needs"
            template = f"needs/email/{code.replace('-', '_')}"
            return outbox.Kind(code, template, topic=topic, secret=secret, plain=plain, words=words)

        outbox.register(
            kind("pledge-received", _("Receipt of a pledge"), secret=True, plain=True),
            kind("pledge-arrived", _("A pledge arrived"), plain=True),
            kind("pledge-released", _("A pledge is no longer needed"), plain=True),
            kind("pledge-overdue", _("A pledge was not handed over in time"), plain=True),
            kind("pledge-taken-back", _("A pledge was taken back for its giver"), plain=True),
            kind("need-reported", _("A need to verify")),
            kind("need-pledged", _("Something was pledged to a need")),
            kind("need-pledge-overdue", _("What was pledged to a need was not handed over in time")),
            kind("need-pledge-taken-back", _("What was pledged to a need was taken back")),
            kind("need-on-the-way", _("Something is on its way to a facility")),
            kind("need-to-receive", _("Something is on its way to a facility without a focal point")),
            kind("need-still-working", _("Whether what came is in use")),
            kind("surplus-pledged", _("Something of your surplus is to be sent")),
            kind("surplus-released", _("Something of your surplus is no longer needed")),
            kind("surplus-arrived", _("What your facility gave has come")),
            kind("need-proposal", _("A surplus proposed to a need")),
            kind("need-proposal-declined", _("A proposal was declined")),
            topics={"needs": _("Needs of facilities: what is pledged, on its way, proposed")},
        )
        joint.register(joint.Part("needs", "needs/_joint.html", selectors.joint_picture))
        personal.register(
            personal.Part(
                "needs",
                template="needs/_my_part.html",
                show=own.my_page,
                copy=own.my_copy,
                leave=own.leave,
            )
        )

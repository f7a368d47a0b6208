from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        # Models can't be imported before all apps are there.
        from campaigns import personal as own, services
        from network import jobs, personal
        from network.services import reference
        from notifications import outbox

        reference.register(services.load_media)

        outbox.register(
            outbox.Kind(
                "entry-received",
                "campaigns/email/entry_received",
                secret=True,
                plain=True,
                words=_("Receipt of an entry"),
            ),
            outbox.Kind("judging-open", "campaigns/email/judging_open", words=_("Entries to judge")),
            outbox.Kind(
                "entry-photo-refused",
                "campaigns/email/entry_photo_refused",
                plain=True,
                words=_("Photo of an entry that can't be used"),
            ),
            outbox.Kind(
                "entry-won", "campaigns/email/entry_won", plain=True, words=_("Prize, told to its winner first")
            ),
            outbox.Kind(
                "entry-won-another",
                "campaigns/email/entry_won_another",
                plain=True,
                words=_("Another prize, told to a winner who has accepted"),
            ),
            outbox.Kind(
                "entry-disqualified",
                "campaigns/email/entry_disqualified",
                plain=True,
                words=_("Entry that takes no part any more"),
            ),
            outbox.Kind(
                "complaint-answered",
                "campaigns/email/complaint_answered",
                plain=True,
                words=_("Answer to a complaint or an appeal"),
            ),
            outbox.Kind(
                "complaint-waiting",
                "campaigns/email/complaint_waiting",
                words=_("Complaint or appeal that waits for an answer"),
            ),
            outbox.Kind(
                "entries-extended", "campaigns/email/entries_extended", plain=True, words=_("Entries open for longer")
            ),
            outbox.Kind(
                "campaign-called-off",
                "campaigns/email/campaign_called_off",
                plain=True,
                words=_("Campaign that was called off"),
            ),
        )
        jobs.register(
            jobs.Kind(
                services.LIST_JOB, _("List of a campaign"), make=services.make_export, allowed=services.may_export
            )
        )
        personal.register(
            personal.Part(
                "campaigns",
                template="campaigns/_my_part.html",
                show=own.my_page,
                copy=own.my_copy,
                leave=services.give_up_work,
                known=own.known,
            )
        )

"""The pages of campaigns in the demo, for the walk."""

from campaigns.models import (
    Activity,
    Appearance,
    Award,
    Campaign,
    DuplicatePair,
    Entry,
    HealthWorker,
    Juror,
    Round,
)
from tests.browser.page import ANONYMOUS, ENTRANT, Page


def media_pages() -> list[Page]:
    """Return the pages of the media log: what was really published, and what the demo adds."""
    told = Appearance.objects.published().filter(programme_en__gt="").order_by("pk").first()
    draft = Appearance.objects.get(state="draft")
    admin = "admin/campaigns"
    return [
        Page("media", ANONYMOUS, "media/", main=True),
        Page("media-none", ANONYMOUS, "media/?q=zzzzz"),
        Page("media-entry", ANONYMOUS, f"media/{told.slug}/", main=True),
        Page("media-entry-unknown", ANONYMOUS, "media/mask-contest-prize-giving/"),
        Page("media-draft", "regional", f"media/{draft.slug}/"),
        Page("admin-media", "national", f"{admin}/appearance/", main=True),
        Page("admin-media-entry", "national", f"{admin}/appearance/{draft.pk}/change/", main=True),
        Page("admin-media-read", "regional", f"{admin}/appearance/{told.pk}/change/"),
        Page("admin-media-add", "national", f"{admin}/appearance/add/"),
        Page("admin-outlets", "national", f"{admin}/outlet/"),
    ]


def campaign_pages() -> list[Page]:
    """Return the pages of the demo's campaigns."""
    return [*_contest_pages(), *_finished_pages(), *_awareness_pages(), *_entrant_pages()]


def _contest_pages() -> list[Page]:
    """Return the pages of the demo's contests: one that takes entries, one before its jury."""
    running = Campaign.objects.get(slug="homemade-mask-demo")
    round_ = Round.objects.get(campaign__slug="first-mask-demo")
    desk = running.desks.get(prefix="TRP")
    counted = desk.hand_ins.order_by("number").first()
    admin, its = "admin/campaigns", f"admin/campaigns/campaign/{running.pk}"
    found = DuplicatePair.objects.order_by("pk").first()
    juror = Juror.objects.order_by("pk").first()
    given = desk.distributions.order_by("pk").first()
    return [
        Page("campaigns", ANONYMOUS, "campaigns/", main=True),
        Page("campaign", ANONYMOUS, f"campaigns/{running.slug}/", main=True),
        Page("campaign-judged", ANONYMOUS, f"campaigns/{round_.campaign.slug}/"),
        Page("campaign-enter", ANONYMOUS, f"campaigns/{running.slug}/enter/", main=True),
        Page("entries", ANONYMOUS, "entries/", main=True),
        Page("desks", "collector", "desks/"),
        Page("desk", "collector", f"desks/{desk.pk}/", main=True),
        Page("desk-count", "collector", f"desks/{desk.pk}/entries/{counted.entry.code}/", main=True),
        Page("desk-day", "collector", f"desks/{desk.pk}/day/", main=True),
        Page("desk-receipt", "collector", f"desks/{desk.pk}/receipts/{counted.number}/"),
        Page("desk-correct", "collector", f"desks/{desk.pk}/receipts/{counted.number}/correct/"),
        Page("me-collector", "collector", "me/"),
        Page("judging", "juror", "judging/", main=True),
        Page("judging-entry", "juror", f"judging/{round_.pk}/", main=True),
        Page("judging-given", "juror", f"judging/{round_.pk}/given/"),
        Page("admin-campaigns", "national", f"{admin}/campaign/", main=True),
        Page("admin-campaign", "national", f"{its}/change/", main=True),
        Page("admin-campaign-read", "coordinator", f"{its}/change/"),
        Page("admin-chain", "national", f"{its}/chain/", main=True),
        Page("admin-chain-side", "coordinator", f"{its}/chain/"),
        Page("admin-paper", "coordinator", f"{its}/paper/", main=True),
        Page("admin-paper-receipt", "coordinator", f"{its}/paper/{counted.entry_id}/"),
        Page("admin-entries", "coordinator", f"{admin}/entry/", main=True),
        Page("admin-entry", "coordinator", f"{admin}/entry/{counted.entry_id}/change/"),
        Page("admin-pairs", "national", f"{admin}/duplicatepair/"),
        *([Page("admin-pair", "national", f"{admin}/duplicatepair/{found.pk}/change/")] if found else []),
        Page("admin-rounds", "national", f"{admin}/round/"),
        Page("admin-round", "national", f"{admin}/round/{round_.pk}/change/", main=True),
        Page("admin-round-side", "coordinator", f"{admin}/round/{round_.pk}/change/"),
        Page("admin-round-plan", "national", f"{admin}/round/{round_.pk}/plan/"),
        Page("admin-jurors", "national", f"{admin}/juror/"),
        Page("admin-juror", "national", f"{admin}/juror/{juror.pk}/change/"),
        Page("admin-juror-add", "national", f"{admin}/juror/add/"),
        Page("admin-round-add", "national", f"{admin}/round/add/"),
        Page("admin-campaign-add", "national", f"{admin}/campaign/add/"),
        Page("admin-desk-add", "coordinator", f"{admin}/desk/add/"),
        Page("admin-distribution-add", "coordinator", f"{admin}/distribution/add/"),
        Page("admin-distribution", "coordinator", f"{admin}/distribution/{given.pk}/change/"),
        Page("admin-desks", "coordinator", f"{admin}/desk/"),
        Page("admin-desk", "coordinator", f"{admin}/desk/{desk.pk}/change/", main=True),
        Page("admin-distributions", "coordinator", f"{admin}/distribution/"),
    ]


def opened() -> list[Entry]:
    """Return entries in which there is something to do or to read: a promised prize, one to answer, an answered complaint, a new one."""
    awards = Award.objects.filter(state__in=["told", "promised"])
    new = Entry.objects.filter(state="received", via="web", campaign__slug="homemade-mask-demo").order_by("pk")
    complained = Entry.objects.filter(complaints__isnull=False)
    return [*(row.entry for row in awards.order_by("state")), complained.get(), new.first()]


def _entrant_pages() -> list[Page]:
    """Return what an entrant reads and does without an account."""
    promised, told, complained, new = (f"entries/{entry.code}" for entry in opened())
    return [
        Page("entries-mine", ENTRANT, "entries/mine/", main=True),
        Page("entry-prize", ENTRANT, f"{told}/prize/", main=True),
        Page("entry-prize-promised", ENTRANT, f"{promised}/prize/"),
        Page("entry-complain", ENTRANT, f"{complained}/complaint/", main=True),
        Page("entry-correct", ENTRANT, f"{new}/correct/", main=True),
        Page("entry-withdraw", ENTRANT, f"{new}/withdraw/"),
    ]


def _finished_pages() -> list[Page]:
    """Return the pages of a contest whose results are out."""
    campaign = Campaign.objects.get(slug="school-mask-demo")
    own, at, its = f"campaigns/{campaign.slug}", "admin/campaigns", f"admin/campaigns/campaign/{campaign.pk}"
    final = campaign.rounds.order_by("-position").first()
    return [
        Page("campaign-finished", ANONYMOUS, f"{own}/", main=True),
        Page("campaign-results", ANONYMOUS, f"{own}/results/", main=True),
        Page("campaign-gallery", ANONYMOUS, f"{own}/gallery/", main=True),
        Page("admin-campaign-finished", "national", f"{its}/change/"),
        Page("admin-progress", "national", f"{its}/progress/", main=True),
        Page("admin-progress-side", "coordinator", f"{its}/progress/"),
        Page("admin-results", "national", f"{its}/results/", main=True),
        Page("admin-results-side", "coordinator", f"{its}/results/"),
        Page("admin-gallery", "national", f"{its}/gallery/", main=True),
        Page("admin-disqualify", "national", f"{its}/disqualify/", main=True),
        Page("admin-chain-finished", "national", f"{its}/chain/"),
        Page("admin-round-closed", "national", f"{at}/round/{final.pk}/change/"),
    ]


def _awareness_pages() -> list[Page]:
    """Return the pages of an awareness campaign and of a pledge."""
    aware, pledge = (Campaign.objects.get(slug=slug) for slug in ("soap-and-water-demo", "stay-home-demo"))
    activity = Activity.objects.filter(entered_by__email="member6.west@demo.jisr.invalid").order_by("pk").last()
    worker = HealthWorker.objects.get(side__code="west")
    at = "admin/campaigns"
    return [
        Page("campaign-awareness", ANONYMOUS, f"campaigns/{aware.slug}/", main=True),
        Page("campaign-pledge", ANONYMOUS, f"campaigns/{pledge.slug}/", main=True),
        Page("campaign-pledge-enter", ANONYMOUS, f"campaigns/{pledge.slug}/enter/"),
        Page("activities", "worker", "activities/", main=True),
        Page("activity-new", "worker", f"activities/{aware.slug}/new/", main=True),
        Page("activity-correct", "worker", f"activities/{aware.slug}/{activity.pk}/correct/", main=True),
        Page("me-worker", "worker", "me/"),
        Page("admin-progress-awareness", "national", f"{at}/campaign/{aware.pk}/progress/", main=True),
        Page("admin-progress-pledge", "national", f"{at}/campaign/{pledge.pk}/progress/"),
        Page("admin-campaign-awareness", "national", f"{at}/campaign/{aware.pk}/change/"),
        Page("admin-campaign-pledge", "national", f"{at}/campaign/{pledge.pk}/change/"),
        Page("admin-workers", "coordinator", f"{at}/healthworker/"),
        Page("admin-worker", "coordinator", f"{at}/healthworker/{worker.pk}/change/"),
        Page("admin-worker-add", "coordinator", f"{at}/healthworker/add/"),
        Page("admin-activities", "coordinator", f"{at}/activity/", main=True),
        Page("admin-activity", "coordinator", f"{at}/activity/{activity.pk}/change/"),
        Page("admin-activity-correct", "coordinator", f"{at}/activity/{activity.pk}/correct/"),
    ]

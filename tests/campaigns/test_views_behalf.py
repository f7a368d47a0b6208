"""Who entered on paper, with nothing to which a code is sent: the coordinators of their side do for them what others do themselves."""

import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from campaigns import outcomes, services
from campaigns.models import Campaign, Complaint, Entry, Photo
from network.models import Transition, User
from tests.campaigns.test_views_photos import picture, upload
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import auditor, coordinator
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def by() -> User:
    return coordinator("west")


@pytest.fixture
def desk(by: User) -> Client:
    return at_the_desk(by)


def on_paper(campaign: Campaign | None = None, side: str = "west", **fields: Any) -> Entry:
    entrant = make.entrant(phone="", municipality=make.municipality(side))
    return make.entry(campaign or make.campaign(), entrant=entrant, by=coordinator(side), **fields)


def page(entry: Entry, part: str = "change", language: str = "en") -> str:
    return f"/{language}/admin/campaigns/entry/{entry.pk}/{part}/"


def last_step(row: Any) -> tuple[str, Any, str]:
    step = Transition.objects.of(row).order_by("pk").last()
    return step.move, step.by, step.reason


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_desk_corrects_until_the_close(desk: Client, by: User, clock: Any, language: str) -> None:
    campaign = make.campaign(closes_at=timezone.now() + timedelta(minutes=30))
    entry = on_paper(campaign, answers={"made": 12, "words": "بالقطن"})
    assert page(entry, "correct", language) in desk.get(page(entry, language=language)).text
    sent = form_of(desk.get(page(entry, "correct", language)).text) | {"q-made": "٢٤", "do": "send"}

    assert desk.post(page(entry, "correct", language), sent)["Location"] == page(entry, language=language)

    entry.refresh_from_db()
    assert (entry.made, entry.answers, entry.in_gallery) == (24, {"made": 24, "words": "بالقطن"}, True)
    assert last_step(entry) == ("edit", by, "")
    receipt = f"/{language}/admin/campaigns/campaign/{entry.campaign_id}/paper/{entry.pk}/"
    assert receipt in desk.get(page(entry, language=language)).text
    clock.set(entry.campaign.closes_at)
    assert page(entry, "correct", language) not in desk.get(page(entry, language=language)).text
    assert desk.get(page(entry, "correct", language)).status_code == 302
    assert desk.post(page(entry, "correct", language), sent | {"q-made": "30"}).status_code == 400


def test_the_desk_withdraws_for_a_reason_and_takes_consent_back(desk: Client, by: User) -> None:
    entry = on_paper()
    desk.post(page(entry, "leave-gallery"))
    entry.refresh_from_db()
    assert (entry.in_gallery, last_step(entry)) == (False, ("edit", by, ""))

    desk.post(page(entry, "withdraw"), {"reason": " "})
    entry.refresh_from_db()
    assert entry.state == "received"
    desk.post(page(entry, "withdraw"), {"reason": "She has moved away."})
    entry.refresh_from_db()
    assert (entry.state, last_step(entry)) == ("withdrawn", ("withdraw", by, "She has moved away."))


def disqualified(entry: Entry, by: User) -> None:
    seal = outcomes.plan(entry.campaign, [entry.code]).seal
    services.disqualify_entries(campaign=entry.campaign, wanted=[entry.code], reason="منقولة", seal=seal, by=by)


def test_the_desk_writes_an_appeal_down_and_whoever_did_does_not_answer_it(desk: Client, by: User) -> None:
    region = make.municipality("west").district.region
    entry = on_paper(make.campaign(region=region))
    disqualified(entry, coordinator("west"))
    assert page(entry, "complain") in desk.get(page(entry)).text
    sent = form_of(desk.get(page(entry, "complain")).text) | {"text": "هذه صوري"}

    for _ in range(2):
        assert desk.post(page(entry, "complain"), sent).status_code == 302

    appeal = Complaint.objects.get()
    assert (appeal.kind, appeal.text, last_step(appeal)) == ("appeal", "هذه صوري", ("receive", by, ""))
    assert "هذه صوري" in desk.get(page(entry)).text
    results = f"/en/admin/campaigns/campaign/{entry.campaign_id}/results/"
    assert str(services.YourOwnDisqualification()) in desk.get(results).text
    with pytest.raises(services.YourOwnDisqualification):
        services.answer_complaint(complaint=appeal, upheld=True, answer="نعم", by=by)
    services.answer_complaint(complaint=appeal, upheld=True, answer="أعدناها", by=coordinator("west"))
    assert "أعدناها" in desk.get(page(entry)).text


def test_a_complaint_has_its_time_at_the_desk_too(desk: Client) -> None:
    entry = on_paper()
    assert desk.get(page(entry, "complain")).status_code == 302
    sent = {"uid": str(uuid.uuid4()), "text": "?"}
    assert desk.post(page(entry, "complain"), sent).status_code == 400
    Campaign.objects.update(state="results", results_at=timezone.now() - timedelta(days=1))
    assert desk.post(page(entry, "complain"), sent).status_code == 302
    assert Complaint.objects.get().kind == "complaint"


WRITES = ["correct", "complain", "withdraw", "leave-gallery"]


@pytest.mark.parametrize("who", ["other side", "national", "auditor", "through the website"])
def test_nobody_else_acts_for_an_entrant_and_nobody_for_one_who_can_act(who: str, by: User) -> None:
    web = make.entry(entrant=make.entrant(municipality=make.municipality("west")))
    entry = web if who == "through the website" else on_paper()
    people = {"other side": lambda: coordinator("east"), "national": lambda: coordinator(None), "auditor": auditor}
    client = at_the_desk(people[who]() if who in people else by)
    before = Entry.objects.filter(pk=entry.pk).values().get()
    sent = {"q-made": "30", "reason": "words", "uid": str(uuid.uuid4()), "text": "words"}

    for part in WRITES:
        answer = client.post(page(entry, part), sent, follow=True)
        refused = str(services.NotOnPaper()) in answer.text
        assert answer.status_code == 404 or refused, part
        assert part not in ("correct", "complain") or client.get(page(entry, part)).status_code == 404

    assert Entry.objects.filter(pk=entry.pk).values().get() == before
    assert not Complaint.objects.exists()


# --- photos of the form on paper ------------------------------------------------------------------------------------------


def test_photos_that_lie_with_a_form_on_paper_are_taken(desk: Client, by: User) -> None:
    campaign = make.campaign()
    address = f"/en/admin/campaigns/campaign/{campaign.pk}/paper/"
    sent = form_of(desk.get(address).text)
    place = make.municipality("west").pk
    sent |= {"name": "", "municipality": place, "q-made": "24", "rules": "on", "do": "send"}

    faulty = desk.post(address, sent | {"photos": [upload(picture())]})
    photo = Photo.objects.get()
    assert faulty.status_code == 400
    assert str(photo.uid) in faulty.text
    again = desk.post(address, sent | {"name": "سعاد", "do": "add", "photos": [upload(picture(2)), upload(b"no")]})
    assert (again.status_code, Photo.objects.count(), Entry.objects.count()) == (200, 2, 0)
    assert 'value="سعاد"' in again.text
    assert desk.post(address, sent | {"name": "سعاد", "drop": str(photo.uid)}).status_code == 200
    assert desk.post(address, sent | {"name": "سعاد"}).status_code == 302

    kept = Photo.objects.get()
    assert (kept.entry, kept.entry.clerk) == (Entry.objects.get(), by)
    assert last_step(kept) == ("receive", by, "")

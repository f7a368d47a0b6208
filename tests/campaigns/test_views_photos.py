"""Photos from a form without an account to what is served: nothing is lost, nothing is asked for twice, nothing of the file is left."""

import re
import uuid
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from campaigns import photos, services, tasks
from campaigns.models import Campaign, Entry, Photo, Unfinished
from network import files
from network.models import Transition
from notifications.models import Message
from tests.campaigns.test_photos import faults
from tests.campaigns.test_views_entries import address, entered, filled
from tests.factories import campaigns as make, photos as made
from tests.state import Broken, break_the_journal

pytestmark = pytest.mark.django_db
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)


@pytest.fixture(autouse=True)
def _own_media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def campaign() -> Campaign:
    return make.campaign()


def on_disk(folder: str) -> set[str]:
    place = files.path_of("", folder)
    return {path.name for path in place.iterdir()} if place.exists() else set()


def picture(seed: int = 1, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a photo with its maker and position in it."""
    options = options or {"exif": made.exif()}
    return made.saved(made.scene(Random(seed), (640, 480)), kind, **options)


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def rebuilt() -> None:
    """Let a worker do what waits."""
    tasks.rebuild_photos()


def refused(answer: Any) -> str:
    assert answer.status_code == 400
    return re.search(r'role="alert".*?</ul>', answer.text, re.S)[0]


# --- through the form ---------------------------------------------------------------------------------------------------


def test_photos_of_the_form_are_the_entry_s_and_of_the_files_nothing_is_left(
    client: Client, campaign: Campaign
) -> None:
    entry = entered(client, campaign, photos=[upload(picture(1)), upload(picture(2, "PNG"), "x.php")])

    assert [(row.entry, row.position, row.state) for row in Photo.objects.order_by("pk")] == [
        (entry, 1, "waiting"),
        (entry, 2, "waiting"),
    ]
    assert len(on_disk(photos.QUARANTINE)) == 2
    rebuilt()
    rows = list(Photo.objects.order_by("pk"))
    assert [(row.state, row.width, row.height, row.quarantined) for row in rows] == [("ready", 640, 480, "")] * 2
    assert [step.move for step in Transition.objects.of(rows[0])] == ["receive", "rebuild"]
    names = {name for row in rows for name in row.kept.values()}
    assert on_disk(photos.ENTRIES) == names
    assert len(names) == 12


@pytest.mark.django_db(transaction=True)
def test_the_original_is_destroyed_and_what_is_served_tells_nothing(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, photos=[upload(picture() + made.zipped())])
    rebuilt()

    assert on_disk(photos.QUARANTINE) == set()
    photo = entry.photos.get()
    for size in ("1600.webp", "1600.jpg", "800.webp", "320.jpg"):
        answer = client.get(f"/ar/entries/{entry.code}/photos/{photo.pk}/{size}/")
        content = b"".join(answer.streaming_content)
        assert answer["Content-Type"] == photos.TYPES[size.rpartition(".")[2]]
        assert "no-store" in answer["Cache-Control"]
        assert faults(content) == set()


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (HEIC, "IMG_0001.HEIC", photos.HeicPhoto),
        (picture()[:30], "photo.jpg", photos.PhotoCutOff),
        (b"%PDF-1.7 " + bytes(500), "photo.jpg", photos.NotAPhoto),
        (b"<html><script>alert(1)</script>", "photo.jpg", photos.NotAPhoto),
        (made.saved(made.scene(Random(1), (90, 90)), "JPEG"), "photo.jpg", photos.PhotoTooSmall),
    ],
    ids=["heic", "truncated", "pdf", "html", "thumbnail"],
)
def test_a_photo_that_can_not_be_taken_is_told_and_all_else_stays(
    client: Client, campaign: Campaign, content: bytes, name: str, kind: Any, language: str
) -> None:
    sent = filled(**{"q-words": "بقطن مزدوج"}) | {"photos": [upload(content, name), upload(picture())]}

    answer = client.post(address(campaign, "enter/", language), sent)

    with override(language):
        sentence = str(kind(pixels=photos.SMALLEST))
    assert sentence in re.sub("&#x27;", "'", refused(answer))
    assert "بقطن مزدوج" in answer.text
    assert not Entry.objects.exists()
    # The good one is there, and waits under the form.
    photo = Photo.objects.get()
    assert str(photo.uid) in answer.text
    assert on_disk(photos.QUARANTINE) == {photo.quarantined}

    again = {key: value for key, value in sent.items() if key != "photos"}
    assert client.post(address(campaign, "enter/", language), again).status_code == 302
    assert list(Entry.objects.get().photos.all()) == [photo]


def test_a_photo_is_not_asked_for_twice_when_something_else_is_wrong(client: Client, campaign: Campaign) -> None:
    sent = filled(name="") | {"photos": [upload(picture())]}
    answer = client.post(address(campaign), sent)

    assert answer.status_code == 400
    assert str(Photo.objects.get().uid) in answer.text
    entry = entered(client, campaign, uid=sent["uid"])
    assert entry.photos.count() == 1


def test_the_same_form_and_the_same_photo_again_change_nothing(client: Client, campaign: Campaign) -> None:
    sent = filled()
    for _ in range(3):
        answer = client.post(address(campaign), sent | {"photos": [upload(picture()), upload(picture())]})
        assert answer["Location"] == "/ar/entries/mine/"
    rebuilt()
    assert client.post(address(campaign), sent | {"photos": [upload(picture())]}).status_code == 302

    assert (Entry.objects.count(), Photo.objects.count(), Message.objects.count()) == (1, 1, 1)
    assert len(on_disk(photos.QUARANTINE)) <= 1
    assert len(on_disk(photos.ENTRIES)) == 6


def test_no_more_photos_are_taken_than_the_campaign_asks_for(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(photos_at_most=2)
    answer = client.post(address(campaign), filled() | {"photos": [upload(picture(n)) for n in range(4)]})

    assert "2" in refused(answer)
    assert Photo.objects.count() == len(on_disk(photos.QUARANTINE)) == 2


def test_a_campaign_without_photos_takes_none(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(photos_at_most=0)
    assert 'type="file"' not in client.get(address(campaign)).text
    entry = entered(client, campaign, photos=[upload(picture())])
    assert client.post(f"/ar/campaigns/{campaign.slug}/photos/", {"photo": upload(picture())}).status_code == 404
    assert not entry.photos.exists()
    assert not on_disk(photos.QUARANTINE)


def test_after_the_close_no_photo_is_kept(client: Client, campaign: Campaign) -> None:
    Campaign.objects.update(closes_at=timezone.now())
    assert client.post(address(campaign), filled() | {"photos": [upload(picture())]}).status_code == 400
    beside = client.post(
        f"/ar/campaigns/{campaign.slug}/photos/", {"uid": str(uuid.uuid4()), "photo": upload(picture())}
    )
    assert beside.status_code == 400
    assert not Photo.objects.exists()
    assert not on_disk(photos.QUARANTINE)


def test_a_form_put_aside_keeps_its_photos(client: Client, campaign: Campaign, clock: Any) -> None:
    sent = filled(do="later") | {"photos": [upload(picture())]}
    page = client.post(address(campaign), sent).text
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)[0]
    clock.forward(days=10)
    tasks.clear_lost_photos()

    form = Client().post(address(campaign), {"do": "resume", "resume-code": code})

    assert str(Photo.objects.get().uid) in form.text
    assert entered(Client(), campaign, uid=sent["uid"]).photos.count() == 1


def test_photos_come_one_by_one_and_are_taken_out_without_javascript(client: Client, campaign: Campaign) -> None:
    sent = filled(do="add", **{"q-words": "لم أنته بعد"})
    page = client.post(address(campaign), sent | {"photos": [upload(picture(1)), upload(HEIC, "a.heic")]})
    assert page.status_code == 200
    assert "HEIC" in page.text
    photo = Photo.objects.get()

    page = client.post(
        address(campaign), {key: value for key, value in sent.items() if key != "do"} | {"drop": str(photo.uid)}
    )

    assert (page.status_code, Photo.objects.count()) == (200, 0)
    assert "لم أنته بعد" in page.text
    assert sent["uid"] in page.text
    assert not Entry.objects.exists()


# --- beside the form, by the script ---------------------------------------------------------------------------------------


def test_a_photo_is_sent_beside_the_form_and_sending_it_again_is_harmless(client: Client, campaign: Campaign) -> None:
    sent = filled()
    for _ in range(2):
        answer = client.post(f"/ar/campaigns/{campaign.slug}/photos/", {"uid": sent["uid"], "photo": upload(picture())})
        assert answer.status_code == 200
        assert answer.text.count('name="drop"') == 1
    answer = client.post(
        f"/ar/campaigns/{campaign.slug}/photos/", {"uid": sent["uid"], "photo": upload(HEIC, "a.heic")}
    )
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")

    # The answer was lost: the browser sends the same bytes with the form.
    client.post(address(campaign), sent | {"photos": [upload(picture())]})

    assert Entry.objects.get().photos.count() == 1


# --- who sees them --------------------------------------------------------------------------------------------------------


def test_a_photo_is_shown_to_whoever_has_its_entry_open_and_to_nobody_else(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, photos=[upload(picture())])
    rebuilt()
    photo = entry.photos.get()
    where = f"/ar/entries/{entry.code}/photos/{photo.pk}/320.jpg/"
    assert client.get(where).status_code == 200
    assert where in client.get("/ar/entries/mine/").text

    other = Client()
    theirs = entered(other, campaign, phone="092 345 6789")
    for stranger in (Client(), other):
        assert stranger.get(where).status_code == 404
        assert stranger.get(f"/ar/entries/{theirs.code}/photos/{photo.pk}/320.jpg/").status_code == 404
    for wrong in ("999.jpg", "320.png", "..", "1600"):
        assert client.get(f"/ar/entries/{entry.code}/photos/{photo.pk}/{wrong}/").status_code == 404
    assert client.get(f"/ar/entries/{entry.code}/photos/{photo.pk + 1}/320.jpg/").status_code == 404


# --- on the page of the entry -----------------------------------------------------------------------------------------------


def test_photos_are_added_and_removed_until_the_close(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, photos=[upload(picture(1))])
    page = f"/ar/entries/{entry.code}/correct/"
    old = entry.photos.get()
    assert str(old.uid) in client.get(page).text

    assert client.post(page, {"drop": str(old.uid), "q-made": "24"}).status_code == 200
    assert not entry.photos.exists()
    assert client.post(page, {"q-made": "25", "photos": [upload(picture(2))]}).status_code == 302
    new = entry.photos.get()
    assert {"added_photo": new.pk} in [step.changes for step in Transition.objects.of(entry)]
    assert {"removed_photo": old.pk} in [step.changes for step in Transition.objects.of(entry)]

    Campaign.objects.update(closes_at=timezone.now())
    client.post(page, {"drop": str(new.uid), "q-made": "25"})
    client.post(page, {"q-made": "26", "photos": [upload(picture(3))]})
    assert list(entry.photos.all()) == [new]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_receipt_is_scanned_and_printed(
    client: Client, campaign: Campaign, monkeypatch: Any, settings: Any, language: str
) -> None:
    import segno  # noqa: PLC0415 (replaced for this test)

    drawn: list[str] = []
    draw = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda text, **options: drawn.append(text) or draw(text, **options))
    entry = entered(client, campaign)
    settings.SITE_URL, settings.ALLOWED_HOSTS = "https://jisr.example", ["*"]

    page = client.get(f"/{language}/entries/mine/", headers={"host": "elsewhere.example"}).text

    # Any camera opens it; a bare code would go to whoever searches the web.
    assert drawn == [f"https://jisr.example/{language}/entries/{entry.code}/"]
    assert '<svg class="qr" role="img"' in page
    assert "data-print" in page


# --- the worker -----------------------------------------------------------------------------------------------------------


def broken_inside() -> bytes:
    """Return a photo whose header is good, and of which nothing can be decoded."""
    content = picture(1, "PNG", compress_level=1)
    return content[:33] + made.chunk(b"IDAT", b"no pixels") + made.chunk(b"IEND", b"")


def test_what_the_worker_refuses_is_told_on_the_page_and_by_a_notice(client: Client, campaign: Campaign) -> None:
    entry = entered(client, campaign, photos=[upload(broken_inside(), "a.png")])
    Entry.objects.update(language="en")
    rebuilt()

    photo = Photo.objects.get()
    assert (photo.state, photo.quarantined, photo.kept) == ("refused", "", {})
    message = Message.objects.get(kind="entry-photo-refused")
    assert (message.address, message.language, message.discreet) == (entry.phone, "en", True)
    assert photo.why in client.get("/ar/entries/mine/").text
    # Another one takes its place.
    page = f"/ar/entries/{entry.code}/correct/"
    assert client.post(page, {"q-made": "24", "photos": [upload(picture(2))]}).status_code == 302
    assert [row.position for row in Photo.objects.order_by("pk")] == [1, 1]


def test_a_photo_refused_before_the_form_was_sent_is_told_with_the_entry(client: Client, campaign: Campaign) -> None:
    sent = filled()
    client.post(
        f"/ar/campaigns/{campaign.slug}/photos/", {"uid": sent["uid"], "photo": upload(broken_inside(), "a.png")}
    )
    rebuilt()
    client.post(address(campaign), sent)

    assert Message.objects.filter(kind="entry-photo-refused").count() == 1


@pytest.mark.parametrize(
    "dies", ["campaigns.photos.rebuilt", "campaigns.photos.keep", "campaigns.services.photos._finish"]
)
@pytest.mark.django_db(transaction=True)
def test_a_worker_that_dies_loses_nothing_and_leaves_nothing(
    client: Client, campaign: Campaign, monkeypatch: Any, clock: Any, dies: str
) -> None:
    """Die before, between and after the files: the database and the disk are as if the worker had never begun, but for what is swept."""

    def die(*args: Any, **kwargs: Any) -> None:
        raise SystemExit

    entered(client, campaign, photos=[upload(picture())])
    with monkeypatch.context() as patched:
        patched.setattr(dies, die)
        # A process that is killed cleans up nothing.
        patched.setattr(photos, "remove", lambda *args, **kwargs: None)
        with pytest.raises(SystemExit):
            rebuilt()
    photo = Photo.objects.get()
    assert (photo.state, photo.kept) == ("waiting", {})
    assert on_disk(photos.QUARANTINE) == {photo.quarantined}
    lost = on_disk(photos.ENTRIES)
    assert len(lost) == (6 if dies.endswith("_finish") else 0)

    rebuilt()
    assert Photo.objects.get().state == "waiting"
    clock.forward(minutes=5)
    rebuilt()
    photo.refresh_from_db()
    assert photo.state == "ready"
    assert on_disk(photos.QUARANTINE) == set()
    assert on_disk(photos.ENTRIES) == lost | set(photo.kept.values())
    clock.forward(hours=2)
    tasks.clear_lost_photos()
    assert on_disk(photos.ENTRIES) == set(photo.kept.values())


def test_a_photo_that_ends_every_worker_is_given_up(client: Client, campaign: Campaign) -> None:
    entered(client, campaign, photos=[upload(picture())])
    Photo.objects.update(tries=5)
    rebuilt()
    assert Photo.objects.get().refusal == "broken"


def test_a_photo_taken_out_while_a_worker_has_it_leaves_no_file(
    client: Client, campaign: Campaign, monkeypatch: Any
) -> None:
    sent = filled()
    client.post(address(campaign), sent | {"photos": [upload(picture())]})
    keep = photos.keep

    def kept_too_late(photo: photos.Rebuilt) -> dict[str, str]:
        row = Photo.objects.get()
        services.remove_photo(campaign=campaign, form=row.form, uid=row.uid, received_at=row.received_at)
        return keep(photo)

    monkeypatch.setattr(photos, "keep", kept_too_late)
    rebuilt()

    assert not Photo.objects.exists()
    assert on_disk(photos.ENTRIES) == set()


def test_a_photo_whose_row_can_not_be_written_leaves_no_file(campaign: Campaign, monkeypatch: Any) -> None:
    break_the_journal(monkeypatch)
    with pytest.raises(Broken):
        services.keep_photos(
            campaign=campaign,
            form=uuid.uuid4(),
            came=[photos.received("a.jpg", picture())],
            received_at=timezone.now(),
        )
    assert on_disk(photos.QUARANTINE) == set()
    assert not Photo.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_photos_of_a_form_that_was_never_sent_go_with_their_files(
    client: Client, campaign: Campaign, clock: Any
) -> None:
    client.post(address(campaign), filled(name="") | {"photos": [upload(picture(1))]})
    entered(client, campaign, photos=[upload(picture(2))])
    aside = filled(do="later")
    client.post(address(campaign), aside | {"photos": [upload(picture(3))]})
    clock.forward(days=3)

    tasks.clear_lost_photos()

    assert set(Photo.objects.values_list("form", flat=True)) == {Entry.objects.get().uid, uuid.UUID(aside["uid"])}
    assert on_disk(photos.QUARANTINE) == set(Photo.objects.values_list("quarantined", flat=True))
    clock.forward(days=28)
    tasks.clear_unfinished()
    tasks.clear_lost_photos()
    assert not Unfinished.objects.exists()
    assert on_disk(photos.QUARANTINE) == {Entry.objects.get().photos.get().quarantined}


def test_a_photo_that_came_in_the_moment_of_its_entry_is_found_again(
    client: Client, campaign: Campaign, clock: Any
) -> None:
    entry = entered(client, campaign, photos=[upload(picture())])
    Photo.objects.update(entry=None)
    clock.forward(days=3)
    tasks.clear_lost_photos()
    assert entry.photos.count() == 1


def test_a_request_larger_than_all_that_is_asked_for_is_refused_unread(
    client: Client, campaign: Campaign, settings: Any
) -> None:
    sent = filled()
    settings.REQUEST_LARGEST = 5_000
    answer = client.post(address(campaign), sent | {"photos": [upload(picture())]})
    assert answer.status_code == 400
    assert not Photo.objects.exists()

    settings.REQUEST_LARGEST = 5_000_000
    assert client.post(address(campaign), sent | {"photos": [upload(picture())]}).status_code == 302

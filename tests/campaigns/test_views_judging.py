"""A juror's pages: blind, theirs alone, and usable with keyboard or thumb."""

import re
from importlib import import_module
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from campaigns import judging_selectors, juror_selectors, photos, services
from campaigns.models import Assignment, Conflict, Entry, Juror, Mark, Photo, Round
from network.models import Practitioner
from tests.campaigns.judges import give, held
from tests.factories import campaigns as make, photos as made
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = pytest.mark.django_db
NAME, PHONE, MAIL = "سعاد الزنتاني", "+218917654321", "suad.zintani@example.ly"


def url(name: str, *args: Any, language: str = "en") -> str:
    with override(language):
        return reverse(f"judging:{name}", args=args)


def signed_in(juror: Juror) -> Client:
    client = Client()
    client.force_login(juror.practitioner.user)
    return client


def begun(kind: str = "scores", entries: int = 4) -> tuple[Round, Juror, Client]:
    campaign = make.judged(entries)
    juror, _other = make.jury(campaign, "west", "east")
    return make.round_of(campaign, kind), juror, signed_in(juror)


def marks(round_: Round, mark: int = 3) -> dict[str, Any]:
    return {f"c-{row.code}": mark for row in judging_selectors.criteria(round_)} | {"do": "save"}


# --- blind ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("kind", ["scores", "screening", "ranking"])
def test_a_juror_reads_answers_and_nothing_of_whose_they_are(language: str, kind: str) -> None:
    campaign, place = make.judged(0), make.municipality("south")
    make.ask(campaign, "clinic", counts_as="works_at", label_ar="أين تعمل؟", label_en="Where do you work?")
    words = f"أنا {NAME} من {place.name_ar}، {place.name_en}، 091 765 43 21 أو {MAIL}. خيطت طبقتين."
    answers = {"made": 24, "cloth": "2", "words": words, "clinic": "عيادة القمر"}
    entry = make.eligible(campaign, name=NAME, phone=PHONE, email=MAIL, municipality=place, answers=answers)
    make.eligible(campaign, "west")
    juror, _other = make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign, kind)
    client = signed_in(juror)
    pages = [url("mine", language=language), url("round", round_.pk, language=language)]
    if kind != "ranking":
        pages += [url("entry", round_.pk, turn, language=language) for turn in (1, 2)]
        for assignment in Assignment.objects.filter(juror=juror):
            value = True if kind == "screening" else {c.code: 3 for c in judging_selectors.criteria(round_)}
            services.give_marks(assignment=assignment, value=value, by=juror.practitioner.user)
    pages += [url("given", round_.pk, language=language)]

    text = "".join(client.get(page).content.decode() for page in pages)

    assert "خيطت طبقتين" in text
    assert ("Linen" if language == "en" else "كتان") in text
    told = [
        *NAME.split(), PHONE, "765 43", MAIL, place.name_ar, place.name_en, place.district.name_ar, place.district.name_en,
        entry.code, entry.shown_code, "عيادة القمر", "Where do you work", "أين تعمل",
    ]  # fmt: skip
    assert [word for word in told if word in text] == []


# --- whose ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["round", "given", "entry"])
def test_a_round_is_not_there_for_anybody_but_its_jurors(name: str) -> None:
    round_, juror, _client = begun()
    args = [round_.pk, 1] if name == "entry" else [round_.pk]
    ended = make.juror(round_.campaign, "south")
    services.end_juror(juror=ended, by=coordinator(None))
    others = [PractitionerFactory(), PractitionerFactory(user=coordinator("west")), ended.practitioner]
    for person in others:
        client = Client()
        client.force_login(person.user)
        for answer in (client.get(url(name, *args)), client.post(url(name, *args), marks(round_))):
            assert answer.status_code == 404
    assert Client().get(url(name, *args)).status_code == 302
    assert signed_in(juror).get(url(name, *args)).status_code == 200


def test_a_juror_who_comes_to_the_desk_reads_no_entry_any_more() -> None:
    round_, juror, client = begun()
    coordinator("west").role_grants.update(user=juror.practitioner.user)
    assert client.get(url("round", round_.pk)).status_code == 404
    assert client.post(url("entry", round_.pk, 1), marks(round_)).status_code == 404
    assert f"/judging/{round_.pk}/" not in client.get(url("mine")).content.decode()


def test_a_draft_and_an_unknown_round_are_not_there() -> None:
    round_, _juror, client = begun()
    draft = make.round_of(round_.campaign, opened=False)
    for number in (draft.pk, 999, 2**40):
        assert client.get(url("round", number)).status_code == 404


def test_an_entry_of_another_juror_is_not_there() -> None:
    campaign = make.judged(6)
    juror, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    count = Assignment.objects.filter(juror=juror).count()
    client = signed_in(juror)
    assert client.get(url("entry", round_.pk, count)).status_code == 200
    assert client.get(url("entry", round_.pk, count + 1)).status_code == 404


def test_marks_for_an_entry_that_has_gone_to_somebody_else_are_not_taken() -> None:
    round_, juror, client = begun()
    Assignment.objects.filter(juror=juror, turn=1).update(dropped_at=round_.opened_at)
    assert client.get(url("entry", round_.pk, 1)).status_code == 404
    answer = client.post(url("round", round_.pk), marks(round_) | {"turn": 1}, follow=True)
    assert "not before you any more" in answer.content.decode()
    assert not Mark.objects.exists()


# --- judging ----------------------------------------------------------------------------------------------------------------------


def test_one_entry_after_the_other_with_progress() -> None:
    round_, juror, client = begun()
    page = client.get(url("round", round_.pk)).content.decode()
    assert "Entry 1 of 4" in page
    assert "0 of 4 entries judged" in page
    answer = client.post(url("entry", round_.pk, 1), marks(round_), follow=True)
    page = answer.content.decode()
    assert "Saved. 3 entries are left." in page
    assert "Entry 2 of 4" in page
    assert 'value="1" aria-label="1 of 4' in page
    for turn in (2, 3, 4):
        client.post(url("entry", round_.pk, turn), marks(round_))
    assert "You have judged all that you have" in client.get(url("round", round_.pk)).content.decode()
    assert Mark.objects.filter(assignment__juror=juror).count() == 4


def test_a_double_click_gives_marks_once() -> None:
    round_, _juror, client = begun()
    for _ in range(2):
        assert client.post(url("entry", round_.pk, 1), marks(round_)).status_code == 302
    assert Mark.objects.count() == 1


def test_what_was_given_is_listed_and_changed() -> None:
    round_, _juror, client = begun()
    client.post(url("entry", round_.pk, 1), marks(round_, 2))
    assert "<bdi>2</bdi>" in client.get(url("given", round_.pk)).content.decode()
    assert (
        'value="2"'
        in re.search(r"<input[^>]*checked[^>]*>", client.get(url("entry", round_.pk, 1)).content.decode())[0]
    )
    client.post(url("entry", round_.pk, 1), marks(round_, 5))
    assert [set(mark.value.values()) for mark in Mark.objects.order_by("pk")] == [{2}, {5}]


def test_a_missing_mark_is_asked_for_and_the_others_are_kept() -> None:
    round_, _juror, client = begun()
    first, second = judging_selectors.criteria(round_)
    answer = client.post(url("entry", round_.pk, 1), {"do": "save", f"c-{first.code}": 4})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Please choose a mark." in page
    assert 'value="4"' in re.search(r"<input[^>]*checked[^>]*>", page)[0]
    assert f"c-{second.code}" in page
    assert not Mark.objects.exists()


def test_undo_shows_the_entry_again() -> None:
    round_, _juror, client = begun()
    client.post(url("entry", round_.pk, 1), marks(round_))
    answer = client.post(url("round", round_.pk), {"do": "undo"}, follow=True)
    assert "Entry 1 of 4" in answer.content.decode()
    assert Assignment.objects.filter(done_at__isnull=False).count() == 0
    answer = client.post(url("round", round_.pk), {"do": "undo"}, follow=True)
    assert "There is nothing to undo." in answer.content.decode()


def test_a_pause_and_going_on() -> None:
    round_, juror, client = begun()
    assert "You pause" in client.post(url("round", round_.pk), {"do": "pause"}, follow=True).content.decode()
    assert Juror.objects.get(pk=juror.pk).paused_at
    client.post(url("round", round_.pk), {"do": "go_on"})
    assert Juror.objects.get(pk=juror.pk).paused_at is None


def test_a_conflict_is_declared_with_its_kind() -> None:
    campaign = make.judged(4)
    juror, *_others = make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    client = signed_in(juror)
    entry = Assignment.objects.get(juror=juror, turn=1).entry
    assert client.post(url("entry", round_.pk, 1), {"do": "conflict"}).status_code == 400
    client.post(url("entry", round_.pk, 1), {"do": "conflict", "kind": "family"})
    assert Conflict.objects.get(juror=juror, entry=entry).declared_by == juror.practitioner.user
    assert client.get(url("entry", round_.pk, 1)).status_code == 404
    assert Assignment.objects.filter(entry=entry).held().count() == 2


def test_yes_or_no() -> None:
    round_, _juror, client = begun("screening")
    assert client.post(url("entry", round_.pk, 1), {"do": "save"}).status_code == 400
    client.post(url("entry", round_.pk, 1), {"do": "save", "yes": "0"})
    client.post(url("entry", round_.pk, 2), {"do": "save", "yes": "1"})
    assert list(Mark.objects.order_by("pk").values_list("value", flat=True)) == [False, True]


def test_finalists_are_put_in_order() -> None:
    round_, juror, client = begun("ranking", 3)
    same = {f"place-{turn}": 1 for turn in (1, 2, 3)} | {"do": "order"}
    assert "Two entries have the same place" in client.post(url("round", round_.pk), same).content.decode()
    places = {f"place-{turn}": 4 - turn for turn in (1, 2, 3)} | {"do": "order"}
    for _ in range(2):
        assert client.post(url("round", round_.pk), places).status_code == 302
    given = Mark.objects.order_by("assignment__turn").values_list("value", flat=True)
    assert list(given) == [3, 2, 1]
    assert client.get(url("entry", round_.pk, 1)).status_code == 404
    assert juror.pk


def test_a_conflict_without_a_reason_leads_back_to_the_order_with_its_question() -> None:
    round_, juror, client = begun("ranking", 3)
    answer = client.post(url("round", round_.pk), {"do": "conflict", "turn": 2})
    page = answer.text

    assert answer.status_code == 400
    assert "Please choose a reason." in page
    assert 'value="order"' in page
    assert '<option value="2" selected>' in page
    assert url("entry", round_.pk, 2) not in page
    client.post(url("round", round_.pk), {"do": "conflict", "turn": 2, "kind": "family"})
    assert Conflict.objects.get(juror=juror).entry == Assignment.objects.get(juror=juror, turn=2).entry


def test_an_order_is_asked_for_again_where_a_conflict_shows() -> None:
    round_, juror, client = begun("ranking", 3)
    near = Assignment.objects.get(juror=juror, turn=2).entry
    Practitioner.objects.filter(pk=juror.practitioner_id).update(municipality=near.municipality)
    places = {f"place-{turn}": turn for turn in (1, 2, 3)} | {"do": "order"}
    answer = client.post(url("round", round_.pk), places, follow=True)

    assert "What is not for you was taken out" in answer.text
    assert 'name="place-1"' in answer.text
    assert 'name="place-2"' not in answer.text
    assert not Mark.objects.exists()


@pytest.mark.parametrize("kind", ["scores", "screening", "ranking"])
def test_every_round_can_be_paused_by_its_juror(kind: str) -> None:
    round_, juror, client = begun(kind)
    assert 'name="do" value="pause"' in client.get(url("round", round_.pk)).text
    client.post(url("round", round_.pk), {"do": "pause"})
    juror.refresh_from_db()
    assert juror.paused_at


@pytest.mark.parametrize("call", [services.pause_round, services.close_round])
def test_nothing_is_taken_while_the_round_is_not_open(call: Any) -> None:
    round_, _juror, client = begun()
    call(round_=round_, by=coordinator(None), **({"sure": True} if call is services.close_round else {}))
    answer = client.post(url("entry", round_.pk, 1), marks(round_))
    assert answer.status_code == 400
    assert "nothing was saved" in answer.content.decode()
    assert not Mark.objects.exists()


def test_the_pages_ask_as_often_however_much_there_is() -> None:
    asked = {}
    for entries in (2, 8):
        round_, juror, client = begun(entries=entries)
        for assignment in held(round_, juror)[:-1]:
            give(assignment)
        for name in ("mine", "round", "given"):
            address = url(name, *([] if name == "mine" else [round_.pk]))
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked[name, entries] = len(queries)

    assert {name: asked[name, 2] for name in ("mine", "round", "given")} == {
        name: asked[name, 8] for name in ("mine", "round", "given")
    }
    assert max(asked.values()) <= 17


def test_what_was_given_comes_in_pages_with_the_numbers_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("campaigns.views.judging"), "GIVEN_SHOWN", 2)
    round_, juror, client = begun(entries=6)
    mine = held(round_, juror)
    for assignment in (mine[0], mine[2], mine[3], mine[5]):
        give(assignment)
    pages = [client.get(f"{url('given', round_.pk)}?page={number}").text for number in (1, 2)]

    assert [re.findall(r"<strong>Entry (\d)</strong>", page) for page in pages] == [["1", "3"], ["4", "6"]]
    assert 'rel="next"' in pages[0]
    assert 'rel="next"' not in pages[1]


def test_my_page_leads_to_judging() -> None:
    _round, _juror, client = begun()
    with override("en"):
        page = client.get(reverse("network:me")).content.decode()
    assert url("mine") in page
    assert Entry.objects.exists()


# --- photos -----------------------------------------------------------------------------------------------------------------------


def test_a_juror_sees_the_photos_of_what_is_before_them_and_of_nothing_else(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    round_, juror, client = begun()
    kept = photos.keep(photos.rebuilt(made.saved(made.scene(Random(1), (640, 480)), "JPEG")))
    for entry in Entry.objects.filter(campaign=round_.campaign):
        Photo.objects.create(
            campaign=round_.campaign, entry=entry, form=entry.uid, uid=uuid4(), position=1, state="ready", kept=kept,
            width=640, height=480, fingerprint="0" * 16, received_at=timezone.now(), settled_at=timezone.now(),
        )  # fmt: skip
    turn = juror_selectors.before_me(juror.practitioner.user, round_)[0].turn
    page, address = client.get(url("round", round_.pk)).text, url("photo", round_.pk, turn, 1, "320.jpg")

    assert address in page
    assert client.get(address)["Content-Type"] == "image/jpeg"
    assert "no-store" in client.get(address)["Cache-Control"]
    assert client.get(url("photo", round_.pk, 99, 1, "320.jpg")).status_code == 404
    assert client.get(url("photo", round_.pk, turn, 2, "320.jpg")).status_code == 404
    assert client.get(url("photo", round_.pk, turn, 1, "quarantined")).status_code == 404
    assert Client().get(address).status_code == 302
    stranger = Client()
    stranger.force_login(PractitionerFactory().user)
    assert stranger.get(address).status_code == 404

"""Judging at the desk: set up, watched without knowing who gave what, changed after a look at what would change."""

from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from campaigns import judging_selectors
from campaigns.models import Assignment, Criterion, Juror, Mark, Round
from tests.campaigns.judges import give, held
from tests.desk import at_the_desk
from tests.factories import campaigns as make
from tests.factories.network import PractitionerFactory, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db


def page(name: str, *args: Any, model: str = "round") -> str:
    with override("en"):
        return reverse(f"admin:campaigns_{model}_{name}", args=args)


def begun(entries: int = 6, **fields: Any) -> tuple[Round, list[Juror]]:
    campaign = make.judged(entries, **fields)
    jurors = make.jury(campaign, "west", "east", "south")
    return make.round_of(campaign), jurors


def test_a_round_is_set_up_with_its_criteria_and_opened() -> None:
    campaign = make.judged(3)
    make.jury(campaign)
    client = at_the_desk(coordinator(None))
    data = {
        "campaign": campaign.pk, "position": 1, "name_ar": "جولة", "name_en": "Round", "kind": "scores", "quorum": 2,
        "criteria-TOTAL_FORMS": 1, "criteria-INITIAL_FORMS": 0, "criteria-0-position": 1, "criteria-0-label_ar": "الصنع",
        "criteria-0-label_en": "Making", "criteria-0-weight": 1, "criteria-0-minimum": 1, "criteria-0-maximum": 5,
    }  # fmt: skip
    assert client.post(page("add"), data).status_code == 302
    round_ = Round.objects.get()
    assert Criterion.objects.get().round == round_
    client.post(page("open", round_.pk))
    round_.refresh_from_db()
    assert round_.state == "open"
    answer = client.post(page("change", round_.pk), data | {"quorum": 3})
    round_.refresh_from_db()
    assert (answer.status_code, round_.quorum) == (404, 2)


@pytest.mark.parametrize("asked", ["campaign={0}", "_changelist_filters=of%3D{0}"])
def test_another_round_begins_behind_those_of_its_campaign(asked: str) -> None:
    round_, _jurors = begun()
    make.judged(1)
    form = (
        at_the_desk(coordinator(None))
        .get(f"{page('add')}?{asked.format(round_.campaign_id)}")
        .context["adminform"]
        .form
    )
    begins = [int(form[name].initial) for name in ("campaign", "position")]
    assert begins == [round_.campaign_id, round_.position + 1]


def test_a_draft_alone_is_deleted_and_by_who_runs_the_contest() -> None:
    round_, _jurors = begun()
    draft = make.round_of(round_.campaign, opened=False)
    national, other = at_the_desk(coordinator(None)), at_the_desk(coordinator("west"))

    assert page("delete", draft.pk) in national.get(page("change", draft.pk)).content.decode()
    assert page("delete", round_.pk) not in national.get(page("change", round_.pk)).content.decode()
    assert national.get(page("delete", draft.pk)).status_code == 200
    for client, row in ((other, draft), (national, round_)):
        assert client.post(page("delete", row.pk), {"post": "yes"}).status_code in (403, 404)
    assert Round.objects.count() == 2
    assert national.post(page("delete", draft.pk), {"post": "yes"}).status_code == 302
    assert list(Round.objects.all()) == [round_]
    # In the place of one that was opened none is set up: the form says why.
    data = {
        "campaign": round_.campaign_id, "position": 1, "name_ar": "جولة", "name_en": "Round", "kind": "screening",
        "threshold": 50, "quorum": 2, "criteria-TOTAL_FORMS": 0, "criteria-INITIAL_FORMS": 0,
    }  # fmt: skip
    Round.objects.filter(pk=round_.pk).update(position=2)
    answer = national.post(page("add"), data)
    assert "a new round comes last" in answer.content.decode()


def test_whoever_runs_a_round_sees_who_is_done_and_not_what_they_gave() -> None:
    round_, jurors = begun()
    for assignment in held(round_, jurors[0]):
        give(assignment, {row.code: 4 for row in judging_selectors.criteria(round_)})
    text = at_the_desk(coordinator(None)).get(page("change", round_.pk)).content.decode()
    assert jurors[0].practitioner.name_latin in text or jurors[0].practitioner.name_ar in text
    assert "4 of 4" in text
    assert "0 of 4" in text
    assert "6 entries lack scores." in text
    for mark in Mark.objects.all():
        assert str(mark.value) not in text


def test_a_side_s_coordinator_sees_numbers_of_a_contest_of_all_sides() -> None:
    round_, jurors = begun()
    client = at_the_desk(coordinator("west"))
    text = client.get(page("change", round_.pk)).content.decode()
    assert "0 of 12 scores given" in text
    for juror in jurors:
        assert juror.practitioner.name_latin not in text
        assert juror.practitioner.name_ar not in text
    assert client.get(page("plan", round_.pk)).status_code == 404
    assert client.post(page("plan", round_.pk), {"quorum": 3}).status_code == 404
    before = everything()
    client.post(page("close", round_.pk), {"sure": "1"})
    after = everything()
    assert {name for name in before if before[name] != after[name]} <= set()


def test_a_side_s_coordinator_finds_no_juror_of_another_side() -> None:
    _round, jurors = begun(region=make.RegionFactory(code="west"))
    client = at_the_desk(coordinator("west"))
    for juror in jurors:
        status = client.get(page("change", juror.pk, model="juror")).status_code
        assert status == (200 if juror.side.code == "west" else 404)
    text = client.get(page("change", Round.objects.get().pk)).content.decode()
    assert jurors[0].practitioner.name_latin in text
    assert jurors[1].practitioner.name_latin not in text
    assert "Juror 2, East" in text


def test_a_look_changes_nothing_and_the_change_does_what_was_looked_at() -> None:
    round_, jurors = begun()
    give(held(round_, jurors[0])[0])
    client = at_the_desk(coordinator(None))
    new = make.juror(round_.campaign, "west")
    asked = {"quorum": 3, "leaving": jurors[0].pk, "successor": new.pk}
    before = {name: rows for name, rows in everything().items() if name.startswith("campaigns.")}
    text = client.get(page("plan", round_.pk), asked).content.decode()
    assert before == {name: rows for name, rows in everything().items() if name.startswith("campaigns.")}
    shared = judging_selectors.share(round_, quorum=3, without=jurors[0].pk)
    assert f"{len(shared.plan.added)} are given anew" in text

    assert client.post(page("plan", round_.pk), asked).status_code == 302

    jurors[0].refresh_from_db()
    round_.refresh_from_db()
    assert (jurors[0].successor, round_.quorum) == (new, 3)
    assert Mark.objects.count() == 1
    assert len(held(round_)) == 18
    assert dict(shared.plan.loads)[new.pk] == Assignment.objects.filter(juror=new).held().count()


@pytest.mark.parametrize("asked", [{"quorum": 1}, {"quorum": "x"}, {"quorum": 2, "leaving": 999}, {"quorum": 9}])
def test_a_change_that_is_none_is_refused_with_a_sentence(asked: dict[str, Any]) -> None:
    round_, _jurors = begun()
    answer = at_the_desk(coordinator(None)).post(page("plan", round_.pk), asked)
    assert answer.status_code == 200
    assert "errornote" in answer.content.decode()
    assert Round.objects.get().quorum == 2


def test_a_juror_is_named_and_taken_off_at_the_desk() -> None:
    campaign, person = make.judged(0), PractitionerFactory(side="east")
    client = at_the_desk(coordinator(None))
    data = {"campaign": campaign.pk, "practitioner": person.pk}
    assert client.post(page("add", model="juror"), data).status_code == 302
    juror = Juror.objects.get()
    assert (juror.practitioner, juror.side.code) == (person, "east")
    client.post(page("end", juror.pk, model="juror"))
    juror.refresh_from_db()
    assert juror.ended_at


def test_the_page_of_a_round_asks_as_often_however_much_there_is() -> None:
    asked = {}
    for entries in (3, 9):
        round_, _jurors = begun(entries)
        client: Client = at_the_desk(coordinator(None))
        pages = page("change", round_.pk), page("plan", round_.pk) + "?quorum=3", page("changelist")
        client.get(pages[0])
        for number, address in enumerate(pages):
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            asked.setdefault(number, []).append(len(queries))

    assert all(few == many <= 35 for few, many in asked.values())


def test_a_look_at_a_round_shares_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    campaign = make.judged(3)
    jurors = make.jury(campaign, "west", "east")
    make.eligible(campaign, municipality=jurors[0].practitioner.municipality)
    round_ = make.round_of(campaign)
    monkeypatch.setattr(judging_selectors, "share", None)

    text = at_the_desk(coordinator(None)).get(page("change", round_.pk)).text

    assert "For 1 entry nobody more can be found" in text


def test_of_many_entries_how_far_a_round_is_stands_for_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    round_, jurors = begun()
    client = at_the_desk(coordinator(None))
    monkeypatch.setattr(judging_selectors, "MANY", 2)
    assert "0 of 12 scores given" in client.get(page("change", round_.pk)).text
    give(held(round_, jurors[0])[0])
    assert "0 of 12 scores given" in client.get(page("change", round_.pk)).text
    cache.delete(judging_selectors.watched_key(round_))
    assert "1 of 12 scores given" in client.get(page("change", round_.pk)).text

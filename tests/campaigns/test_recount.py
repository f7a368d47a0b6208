"""A contest counted again from what the database holds, and what in it only grows."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from campaigns import judging, lots, outcomes, recount, services
from campaigns.models import Campaign, Conflict, Juror, Lot, Mark, ResultSheet, RoundEntry
from network.models.journal import AppendOnly
from tests.campaigns.judges import give_all, held
from tests.factories import campaigns as make
from tests.factories.network import coordinator
from tests.state import tamper

pytestmark = pytest.mark.django_db


# --- counted again ---------------------------------------------------------------------------------------------------------


def closed() -> Campaign:
    campaign = make.judged(6)
    make.jury(campaign, "west", "east", "south")
    round_ = make.round_of(campaign)
    give_all(round_)
    services.close_round(round_=round_, by=coordinator(None))
    return campaign


def test_a_recount_comes_to_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = closed()
    call_command("recount_contest", campaign.slug)
    assert "12 scores, 0 differences" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sql", "part"),
    [
        ("DELETE FROM campaigns_mark WHERE id = (SELECT MAX(id) FROM campaigns_mark)", "scores"),
        ("UPDATE campaigns_criterion SET weight = 9 WHERE position = 2", "round"),
        ("UPDATE campaigns_round SET quorum = 3", "incomplete"),
        ("UPDATE campaigns_resultsheet SET sha256 = 'x'", "its hash"),
        ("DELETE FROM campaigns_roundentry WHERE id = (SELECT MAX(id) FROM campaigns_roundentry)", "eligible"),
    ],
)  # fmt: skip
def test_a_recount_finds_what_was_tampered_with(sql: str, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    campaign = closed()
    tamper(sql)
    with pytest.raises(CommandError):
        call_command("recount_contest", campaign.slug)
    assert part in capsys.readouterr().err


def test_a_recount_leaves_out_the_scores_of_a_conflict(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = closed()
    mark = Mark.objects.select_related("assignment__juror", "assignment__entry").first()
    sheet, given = ResultSheet.objects.get(), {"juror": mark.assignment.juror, "entry": mark.assignment.entry}
    after = sheet.made_at + timedelta(seconds=1)
    conflict = Conflict.objects.create(kind="family", declared_at=after, **given)
    call_command("recount_contest", campaign.slug)
    tamper(
        f"UPDATE campaigns_conflict SET declared_at = '{mark.given_at:%Y-%m-%d %H:%M:%S.%f}' WHERE id = {conflict.pk}"
    )
    with pytest.raises(CommandError):
        call_command("recount_contest", campaign.slug)
    assert mark.assignment.entry.public_code in capsys.readouterr().err


def test_a_recount_is_of_the_moment_of_its_sheet() -> None:
    campaign = closed()
    sheet, mark = ResultSheet.objects.get(), Mark.objects.select_related("assignment").first()
    later = f"{sheet.made_at + timedelta(seconds=1):%Y-%m-%d %H:%M:%S.%f}"
    said = json.dumps({code: 6 - number for code, number in mark.value.items()})
    tamper(
        "INSERT INTO campaigns_mark (assignment_id, number, value, given_at) "
        f"VALUES ({mark.assignment_id}, {mark.number + 1}, '{said}', '{later}')"
    )
    services.withdraw_entry(entry=campaign.entries.first())
    assert recount.check(sheet) == []


@pytest.mark.parametrize("counted", [5, 3])
def test_who_was_taken_back_in_and_meets_the_conditions_is_not_out(counted: int) -> None:
    campaign = closed()
    entry, round_ = campaign.entries.first(), campaign.rounds.get()
    make.hand_in(make.desk(campaign), entry, counted)

    def out() -> list[str]:
        return list(recount.sheet(round_, timezone.now(), to_win=1)["out"])

    seal = outcomes.plan(campaign, [entry.code]).seal
    by = coordinator(None)
    services.disqualify_entries(campaign=campaign, wanted=[entry.code], reason="x", seal=seal, by=by)
    assert out() == [entry.public_code]
    entry.refresh_from_db()
    appeal = services.receive_complaint(entry=entry, uid=uuid.uuid4(), text="?", received_at=timezone.now())
    services.answer_complaint(complaint=appeal, upheld=True, answer="!", by=coordinator(None))
    assert out() == ([] if counted == 5 else [entry.public_code])


def test_a_recount_finds_another_seed_and_another_mark(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = closed()
    mark = Mark.objects.order_by("pk").first()
    other = {code: 5 if number < 3 else 1 for code, number in mark.value.items()}
    tamper(f"UPDATE campaigns_mark SET value = '{json.dumps(other)}' WHERE id = {mark.pk}")
    tamper(f"UPDATE campaigns_lot SET seed = '{lots.new_seed()}'")
    with pytest.raises(CommandError):
        call_command("recount_contest", campaign.slug)
    told = capsys.readouterr().err
    assert "seed: kept" in told
    assert mark.assignment.entry.public_code in told


def test_a_published_sheet_is_counted_by_itself(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    closed()
    sheet = ResultSheet.objects.get().sheet
    path = tmp_path / "sheet.json"
    path.write_text(json.dumps(sheet))
    call_command("recount_contest", sheet=str(path))
    assert judging.digest(sheet) in capsys.readouterr().out
    for wrong in ({"scores": sheet["scores"][1:]}, {"commitment": "0" * 64}):
        path.write_text(json.dumps(sheet | wrong))
        with pytest.raises(CommandError):
            call_command("recount_contest", sheet=str(path))
    for text in ("[]", "{", "{}"):
        path.write_text(text)
        with pytest.raises(CommandError):
            call_command("recount_contest", sheet=str(path))


def test_a_sheet_names_no_juror_and_no_side() -> None:
    closed()
    sheet = ResultSheet.objects.get().sheet
    assert {row[1] for row in sheet["scores"]} == {"A", "B", "C"}
    assert set(sheet) & {"side", "juror", "name"} == set()


# --- what only grows -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Lot, RoundEntry, Mark, Conflict, ResultSheet])
def test_what_judging_has_seen_is_never_changed(model: Any) -> None:
    campaign = closed()
    juror = Juror.objects.first()
    Conflict.objects.create(juror=juror, entry=campaign.entries.first(), kind="family", declared_at=timezone.now())
    row = model.objects.first()
    with pytest.raises(AppendOnly):
        row.save()
    with pytest.raises(AppendOnly):
        row.delete()
    with pytest.raises(AppendOnly):
        model.objects.all().delete()
    with pytest.raises(AppendOnly):
        model.objects.update(pk=0)
    for sql in (f"UPDATE {model._meta.db_table} SET id = id", f"DELETE FROM {model._meta.db_table}"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_the_database_takes_no_mark_while_its_round_is_not_open() -> None:
    campaign = make.judged(3)
    make.jury(campaign, "west", "east")
    round_ = make.round_of(campaign)
    assignment = held(round_)[0]
    services.pause_round(round_=round_, by=coordinator(None))
    with pytest.raises(DatabaseError), transaction.atomic():
        Mark.objects.create(assignment=assignment, number=1, value=True, given_at=timezone.now())

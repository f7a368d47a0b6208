"""The region matrix: every address × actor × way of asking, and nothing of another side may be read or changed."""

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import translation

from dialogues.models import Registration, Session, WalkIn
from tests.security import damages, judge, naive, owned, site_asked, world
from tests.security.canaries import Canary, text_columns
from tests.security.judge import ACTORS, Actor
from tests.security.matrix import Desk, Request
from tests.security.urls_walked import walk

# Columns whose values have a form of their own.
GIVEN = {
    # Codes of a list.
    "facilities.facilityimport.kind", "facilities.facilityimport.headings", "facilities.facilityimport.mapping",
    "facilities.facilityimport.counts", "facilities.facilityimport.failure", "facilities.facilityimport.stored",
    "facilities.importrow.difference", "facilities.importrow.errors",
    "facilities.assessment.scores", "facilities.servicestatus.barriers", "needs.need.code", "needs.need.photo",
    "facilities.claim.barriers", "facilities.facility.barriers", "facilities.facility.disputed",
    "network.transition.subject_type", "network.transition.move", "network.transition.from_state",
    "network.transition.to_state", "notifications.message.kind", "account.emailaddress.email",
    "network.conductacceptance.text_sha256", "dialogues.minutes.presence", "measures.comment.part", "measures.comment.anchor",
    "campaigns.question.key", "campaigns.question.counts_as", "campaigns.photo.refusal", "campaigns.photo.quarantined",
    "campaigns.photo.kept", "campaigns.photo.fingerprint", "campaigns.duplicatepair.reasons",
    "campaigns.desk.prefix", "network.job.kind", "network.job.given", "network.job.stored",
    "campaigns.campaign.picture", "campaigns.complaint.answer", "campaigns.entry.public_code",
    "measures.voteclosing.outcome", "measures.ballot.receipt", "measures.evidence.stored",
}  # fmt: skip
LOGGERS = ("", "django", "django.request", "django.security", "jisr")
TO_ENTRANTS = {"complaint-answered", "entry-won", "entry-won-another", "entry-disqualified"}
READ_AT_LEAST = {
    judge.HOST: 30,
    judge.ANONYMOUS: 0,
    judge.MEMBER: 20,
    judge.REGIONAL: 150,
    judge.NATIONAL: 300,
    judge.AUDITOR: 300,
}


class Listener(logging.Handler):
    """Keeps what was logged."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.exc_info[1] if record.exc_info else record.exc_text}")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Listener:
    """Listen instead of all others: to write out the way of each refusal costs more than the refusal."""
    listener = Listener()
    for name in LOGGERS:
        monkeypatch.setattr(logging.getLogger(name), "handlers", [listener])
    return listener


@pytest.fixture
def small_world(db: None) -> world.World:
    with translation.override("en"):
        return world.build()


class Writes:
    """Sees what a request wrote but its own session."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")) and "django_session" not in sql:
            self.seen.add(sql)
        return execute(sql, *rest)


@dataclass
class Inspector:
    """Sends requests as one actor and keeps what was wrong with the answers."""

    world: world.World
    actor: Actor
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    sent: int = 0
    faults: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    routes: set[str] = field(default_factory=set)
    leaks: int = 0
    harms: int = 0
    read: set[Canary] = field(default_factory=set)

    def __post_init__(self) -> None:
        if user := self.actor.user(self.world):
            self.client.force_login(user)
        self.cookies = SimpleCookie(self.client.cookies.output(header="", sep=";"))
        self.before = damages.snapshot()
        self.judges_writes = self.actor.role in (judge.ANONYMOUS, judge.MEMBER, judge.REGIONAL)

    def ask(self, request: Request, language: str = "ar") -> HttpResponse:
        """Send a request; what a POST changed is looked at and taken back."""
        if request.method == "GET":
            return self._look(request, self._send(request, language))
        writes = Writes()
        with transaction.atomic():
            with connection.execute_wrapper(writes):
                response = self._look(request, self._send(request, language))
            if writes.seen:
                self._compare(request, damages.snapshot_after(self.before, writes.seen))
            transaction.set_rollback(True)
        return response

    def _compare(self, request: Request, after: damages.Snapshot) -> None:
        if self.judges_writes:
            for harm in damages.damage(self.world, self.actor, self.before, after):
                self.harms += 1
                self._fault(request, harm)
        self._read_notices(request, self.before, after)

    def _send(self, request: Request, language: str) -> HttpResponse:
        self.sent += 1
        self.client.cookies = SimpleCookie(self.cookies.output(header="", sep=";"))
        headers = {"accept-language": language, **({"x-requested-with": "fetch"} if request.fetch else {})}
        if request.data is None:
            return self.client.get(request.url, headers=headers)
        return self.client.post(request.url, request.data, headers=headers)

    def _look(self, request: Request, response: HttpResponse) -> HttpResponse:
        self.statuses[response.status_code] += 1
        if match := response.resolver_match:
            self.routes.add(re.sub("^en/", "ar/", match.route))
        if response.status_code >= 500:
            self._fault(request, f"answered {response.status_code}")
        if request.hidden and response.status_code != 404:
            self._fault(request, f"should look unknown, answered {response.status_code}")
        if request.refused and response.status_code == 200:
            self._fault(request, "a lookup beyond the list's filters was answered")
        if request.accepted and response.status_code != 302:
            self._fault(request, f"should be accepted, answered {response.status_code}")
        self._hear(request, "in the answer", text_of(response))
        return response

    def _hear(self, request: Request, where: str, text: str) -> None:
        # What they have typed themselves is no news to them.
        said = f"{request.url} {(request.data or {}).get('codes', '')}"
        told = self.world.birds.sung(text) - self.world.birds.sung(said)
        for canary in sorted(told, key=lambda canary: canary.word):
            self.read.add(canary)
            if not judge.may_see(self.actor, canary):
                self.leaks += 1
                self._fault(request, f"{where}: {canary.field} of {canary.thing}")

    def _read_notices(self, request: Request, before: damages.Snapshot, after: damages.Snapshot) -> None:
        """A notice that was caused must hold nothing that its reader may not see."""
        for key in after.keys() - before.keys():
            if key[0] is not damages.Message:
                continue
            owner = damages.owner_of(self.world, after, key[0], after[key])
            theirs = damages.sessions_of(after, after[key]["recipient_id"])
            for canary in self.world.birds.sung(str(after[key])):
                session = self.world.sessions.get(canary.thing)
                known = canary.owner in (owner, world.JOINT) or (session is not None and session.pk in theirs)
                # What the national coordinator writes about a joint session is for all who have a place in it, and first for its author.
                if canary.thing == f"{world.NOBODY}:broadcast":
                    author = self.actor.role == judge.NATIONAL and after[key]["recipient_id"] == self._user_id()
                    known = author or self.world.sessions[f"{world.JOINT}:coming"].pk in theirs
                # A walk-in has no account: the SMS goes to the number on the sheet, with the code that is theirs.
                if after[key]["kind"] == "walk-in-invited":
                    known = canary.field in {"dialogues.walkin.phone", "dialogues.walkin.invitation"}
                # Nor has an entrant: it goes to the telephone of the entry, which is named by its code.
                if after[key]["kind"] in TO_ENTRANTS:
                    known = canary.field == "campaigns.entry.phone" and canary.word == after[key]["address"]
                if not known or canary.field.startswith("network."):
                    self._fault(request, f"in a notice to {owner}: {canary.field} of {canary.thing}")

    def _user_id(self) -> int | None:
        user = self.actor.user(self.world)
        return user.pk if user else None

    def _fault(self, request: Request, what: str) -> None:
        self.faults.append(
            f"{self.actor.name}: {what}: {request.method} {request.url} {request.note or request.data or ''}"[:400]
        )


def text_of(response: HttpResponse) -> str:
    """Return body, headers and cookies of an answer as one text."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as book:
            body = b"\n".join(book.read(part) for part in book.namelist())
    return "\n".join(
        [*(f"{k}: {v}" for k, v in response.headers.items()), response.cookies.output(), body.decode(errors="replace")]
    )


# What holds for one side holds for the others, and who sees all sees alike: of the west everything is asked, of those named here one
# request in so many, beginning with another one each.
SHARES = {
    "regional east": (0, 12),
    "regional south": (3, 16),
    "national": (0, 10),
    "auditor": (2, 10),
    "host": (0, 4),
    "member east": (0, 6),
    "member south": (1, 6),
    "member abroad": (2, 6),
    "applicant": (0, 3),
    "suspended coordinator": (1, 6),
}
# The naive admin leaks at every turn: one request in so many shows it.
NAIVE_STEP = 4


def run(inspector: Inspector, requests: Iterator[Request], step: int = 1) -> None:
    first, of = SHARES.get(inspector.actor.name, (0, 1))
    for number, request in enumerate(requests):
        if number % (of * step) != first:
            continue
        language = ("ar", "en")[number // (2 * of) % 2]
        with translation.override(language):
            spoken = replace(request, url=in_language(request.url, language))
        response = inspector.ask(spoken, language)
        if request.twin and inspector.actor.role == judge.REGIONAL:
            other = inspector.ask(Request(in_language(request.twin, language)), language)
            if results_of(response) != results_of(other):
                inspector._fault(request, "a search tells whether rows of others exist")


def in_language(url: str, language: str) -> str:
    return re.sub("^/(ar|en)/", f"/{language}/", url)


def results_of(response: HttpResponse) -> list[str]:
    cells = re.findall(r'<t[hd] class="field-.*?</t[hd]>', response.content.decode(), re.DOTALL)
    return [re.sub('href="[^"]*"', "", cell) for cell in cells]


def crossings(inspector: Inspector, desk: Desk) -> Iterator[Request]:
    """Yield the change pages of one's own rows, sent back with references to others."""
    for model in desk.registered:
        for pk in desk.mine(model):
            url = desk.url(model, "change", pk)
            page = inspector.client.get(url)
            if page.status_code == 200:
                yield from desk.crossings(model, page.content.decode(), url)


# The scope is made of the same querysets on both databases: one of each kind is walked on PostgreSQL, all others on SQLite.
ON_POSTGRESQL = frozenset({"anonymous", "member west", "regional west"})


@pytest.mark.slow
@pytest.mark.parametrize(
    "actor",
    [
        pytest.param(actor, marks=pytest.mark.either if actor.name in ON_POSTGRESQL else pytest.mark.once)
        for actor in ACTORS
    ],
    ids=lambda actor: actor.name,
)
def test_nobody_reads_or_changes_what_is_of_another_side(
    actor: Actor, small_world: world.World, heard: Listener, capsys: pytest.CaptureFixture[str]
) -> None:
    inspector = Inspector(small_world, actor)
    desk = Desk(admin.site, small_world, actor)
    staff = actor.role in judge.STAFF

    run(inspector, desk.requests(all_of_it=staff))
    if staff:
        run(inspector, crossings(inspector, desk))
    run(inspector, site_asked.website(small_world, actor))

    assert {str(key) for key, row in damages.snapshot().items() if inspector.before.get(key) != row} == set()
    for line in heard.lines:
        assert {canary.field for canary in small_world.birds.sung(line)} <= {
            "dialogues.session.slug",
            "dialogues.casestudy.slug",
            "dialogues.certificate.code",
            "measures.measure.slug",
            "campaigns.campaign.slug",
            "campaigns.entry.code",
            "campaigns.appearance.slug",
            "facilities.facility.code",
            "facilities.localregion.slug",
            "outreach.mobileunit.code",
            "needs.pledge.code",
        }
    with capsys.disabled():
        print(f"\n{actor.name}: {inspector.sent} requests, {dict(sorted(inspector.statuses.items()))}", end="")
    assert inspector.sent > (500 if staff else 300)
    # Whoever reads nothing proves nothing.
    assert len(inspector.read) >= READ_AT_LEAST[actor.role] * actor.active
    assert not inspector.faults, "\n".join(inspector.faults[:40])
    if actor.name not in SHARES:
        assert {re.sub("^en/", "ar/", address.route) for address in walk()} - inspector.routes == set()


@pytest.mark.urls("tests.security.naive")
@pytest.mark.once
@pytest.mark.slow
def test_the_matrix_finds_what_a_naive_admin_leaks(
    small_world: world.World, capsys: pytest.CaptureFixture[str]
) -> None:
    actor = next(actor for actor in ACTORS if actor.role == judge.REGIONAL)
    inspector = Inspector(small_world, actor)
    desk = Desk(naive.site, small_world, actor)

    run(inspector, desk.requests(all_of_it=True), NAIVE_STEP)
    run(inspector, crossings(inspector, desk), NAIVE_STEP)

    with capsys.disabled():
        print(f"\nnaive admin: {inspector.sent} requests, {inspector.leaks} leaks, {inspector.harms} damages", end="")
    assert inspector.leaks > 20
    assert inspector.harms > 5


def test_every_model_of_the_admin_has_a_row() -> None:
    assert set(admin.site._registry) == set(owned.MODELS)


def test_every_text_field_of_what_belongs_to_sides_holds_a_canary(small_world: world.World) -> None:
    words: dict[str, set[str]] = {}
    for canary in small_world.birds.known.values():
        words.setdefault(canary.field, set()).add(canary.owner)
    filled = {model for model, kind in owned.MODELS.items() if kind == owned.OWNED} | set(damages.KEPT)

    for model in filled - {Registration}:
        for column in text_columns(model):
            name = f"{model._meta.label_lower}.{column.name}"
            assert name in words or name in GIVEN, name


@pytest.mark.parametrize("side", world.SIDES)
def test_the_judge_sees_each_kind_of_harm(side: str, small_world: world.World) -> None:
    other = world.SIDES[world.SIDES.index(side) - 1]
    actor = Actor("somebody", judge.REGIONAL, side, f"{side}:coordinator")
    mine, theirs = small_world.sessions[f"{side}:draft"], small_world.sessions[f"{other}:draft"]
    before = damages.snapshot()

    def harm(change: Callable[[], Any]) -> int:
        with transaction.atomic():
            change()
            found = damages.damage(small_world, actor, before, damages.snapshot())
            transaction.set_rollback(True)
        return len(found)

    assert harm(lambda: Session.objects.filter(pk=mine.pk).update(title_en="New")) == 0
    assert harm(lambda: Session.objects.filter(pk=theirs.pk).update(title_en="New")) == 1
    assert harm(lambda: Session.objects.filter(pk=mine.pk).update(host_region=theirs.host_region)) > 0
    assert harm(lambda: Session.objects.filter(pk=theirs.pk).update(host_region=mine.host_region)) > 0
    assert harm(lambda: mine.sites.update(local_host=small_world.people[f"{other}:found"])) > 0
    assert harm(lambda: mine.facilitators.add(small_world.people[f"{other}:found"])) > 0
    assert harm(lambda: WalkIn.objects.filter(region__code=other).delete()) > 0
    assert (
        harm(
            lambda: small_world.people[f"{other}:member"].registrations.model.objects.filter(certificate=None).delete()
        )
        > 0
    )

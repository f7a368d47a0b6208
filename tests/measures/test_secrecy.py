"""Nothing tells before the close what or whether anybody voted: every page, every table, every log line, before any vote and after many."""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session as WebSession
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import translation

from measures import services
from measures.enums import Choice, Secrecy
from measures.models import Ballot, Vote
from measures.views import standings
from network.models import Practitioner
from tests.desk import at_the_desk
from tests.factories import measures as make
from tests.factories.network import auditor, coordinator
from tests.security.urls_walked import walk

pytestmark = pytest.mark.django_db

PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
# What is new in every answer, whoever asks.
NEW = re.compile(
    r'name="csrfmiddlewaretoken" value="\w+"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
    r"|(?:Expires|Last-Modified|ETag): .*"
    # An empty feed was made now.
    r"|<updated>[^<]*</updated>"
)
# Where voters find what they have voted themselves: the vote, what waits for them, and in an open vote the copy of their data.
OWN = ("/vote/", "/measures/mine/", "/me/", "/data.json")
# What a GET of these changes is not about votes: they end the visit or make a key.
LEFT_OUT = ("logout", "jsi18n", "/i18n/", "2fa/", "readyz", "healthz")


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    queries: int


def addresses(vote: Vote, only: str = "") -> list[str]:
    """Return every address of the site that can speak of this vote: all without a number or name in them, and all of measures."""
    values = {"slug": vote.measure.slug, "object_id": str(vote.measure_id)}
    found = set()
    for number, address in enumerate(walk()):
        route = address.route
        foreign = (address.parameters and "measures/" not in route) or "(?P" in route
        if foreign or only not in route or any(part in route for part in LEFT_OUT):
            continue
        path = PARAMETER.sub(lambda match: values.get(match[1], str(vote.pk)), route).strip("^$").replace("\\", "")
        found.add("/" + re.sub("^(ar|en)/", ("ar/", "en/")[number % 2], path))
    return sorted(found)


def ask(client: Client, url: str) -> Answer:
    asked: list[str] = []

    def listen(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(listen):
        response = client.get(url)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    headers = "\n".join(f"{name}: {value}" for name, value in sorted(response.headers.items()))
    return Answer(response.status_code, NEW.sub("", f"{headers}\n{body.decode(errors='replace')}"), len(asked))


class Walk:
    """Asks for every address as everybody."""

    def __init__(self, vote: Vote, people: dict[str, list[Practitioner]], only: str = "") -> None:
        self.urls = addresses(vote, only)
        self.actors = {
            "anonymous": None,
            "member": people["east"][0].user,
            "author": people["west"][0].user,
            "voter": people["south"][0].user,
            "regional": coordinator("west"),
            "other regional": coordinator("east"),
            "national": coordinator(None),
            "auditor": auditor(),
        }
        self.clients = {name: at_the_desk(user) if user else Client() for name, user in self.actors.items()}
        self.cookies = {name: client.cookies.output(header="", sep=";") for name, client in self.clients.items()}

    def settle(self) -> None:
        """Let the process and each account do what they do once: look up the content types, note the address for allauth."""
        ContentType.objects.get_for_models(*apps.get_models())
        for name in self.clients:
            self._ask(name, "/en/accounts/email/")
            self._ask(name, "/en/facilities/map/")

    def look(self) -> dict[tuple[str, str], Answer]:
        return {(name, url): answer for name in self.clients for url, answer in self._walked(name)}

    def _walked(self, name: str) -> Iterator[tuple[str, Answer]]:
        # No page that was kept for a minute stands in for one that would tell something; nor does it, on a slow machine, for some only.
        cache.clear()
        for url in self.urls:
            yield url, self._ask(name, url)

    def _ask(self, name: str, url: str) -> Answer:
        # Without what the last page left to be said on this one.
        self.clients[name].cookies = SimpleCookie(self.cookies[name])
        return ask(self.clients[name], url)


def rows() -> dict[str, list[Any]]:
    """Return everything that the database holds but ballots and web sessions."""
    models = [model for model in apps.get_models() if model not in (Ballot, WebSession)]
    # The last page's language would pick the columns.
    with translation.override("en"):
        return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def recounted(vote: Vote) -> str:
    out = io.StringIO()
    call_command("recount", vote.measure.slug, stdout=out)
    return out.getvalue()


def signed_in(people: dict[str, list[Practitioner]]) -> dict[int, Client]:
    clients = {}
    for person in (one for voters in people.values() for one in voters):
        clients[person.pk] = Client()
        clients[person.pk].force_login(person.user)
    return clients


def cast_on_the_site(
    vote: Vote, clients: dict[int, Client], people: list[Practitioner], choice: str, reason: str = ""
) -> None:
    for person in people:
        sent = {"choice": choice, "reason": reason}
        answer = clients[person.pk].post(f"/ar/measures/{vote.measure.slug}/vote/", sent)
        assert answer.status_code == 302


def differences(before: dict, after: dict, *, own: str = "") -> list[str]:
    return [
        f"{name} {url}"
        for (name, url), answer in before.items()
        if (answer.status, answer.body) != (after[name, url].status, after[name, url].body)
        and not (own == name and url.endswith(OWN))
    ]


class Heard(logging.Handler):
    """Keeps every line that any logger says."""

    def __init__(self) -> None:
        super().__init__(level=logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Listen to what is logged as in production, from INFO on."""
    handler = Heard()
    loggers = [logging.getLogger(name) for name in ("", "jisr", "django", "celery")]
    for logger in loggers:
        logger.addHandler(handler)
    yield handler
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.slow
@pytest.mark.parametrize(
    "secrecy",
    [
        pytest.param(Secrecy.SECRET, marks=pytest.mark.either),
        pytest.param(Secrecy.NAMED, marks=pytest.mark.once),
    ],
)
def test_nothing_differs_before_the_close_but_the_voter_s_own_page(
    clock: Any, heard: Heard, secrecy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    people = make.members(8)
    vote = make.opened(people, secrecy=secrecy)
    everywhere, clients = Walk(vote, people), signed_in(people)
    everywhere.settle()
    before, kept, counted = everywhere.look(), rows(), recounted(vote)
    heard.lines.clear()

    voter = people["south"][0]
    cast_on_the_site(vote, clients, [voter], Choice.ABSTAIN)
    cast_on_the_site(vote, clients, people["east"][1:] + people["west"][1:6], Choice.AGREE)
    cast_on_the_site(vote, clients, people["south"][1:], Choice.BLOCK, "It leaves the clinics out.")
    cast_on_the_site(vote, clients, people["east"][1:4], Choice.STAND_ASIDE)

    assert heard.lines == []
    assert rows() == kept
    after = everywhere.look()
    assert differences(before, after, own="voter") == []
    assert recounted(vote) == counted
    grown = [key for key, answer in before.items() if answer.queries != after[key].queries and key[0] != "voter"]
    assert grown == []
    own = f"/measures/{vote.measure.slug}/vote/"
    told = [url for (name, url), answer in after.items() if answer.body != before[name, url].body and name == "voter"]
    assert any(url.endswith(own) for url in told)
    assert any(url.endswith("/data.json") for url in told) is (secrecy == Secrecy.NAMED)
    read = sum(answer.status == 200 for answer in before.values())
    with capsys.disabled():
        print(f"\nsecrecy, {secrecy}: {len(everywhere.urls)} addresses × {len(everywhere.actors)}, {read} pages read")
    assert read > 150
    assert {name for (name, url), answer in before.items() if url.endswith(own) and answer.status == 200} == {
        "member", "author", "voter",
    }  # fmt: skip


def test_the_voter_s_own_page_tells_nothing_of_the_others(clock: Any) -> None:
    people = make.members(8)
    vote = make.opened(people)
    voter = people["south"][0]
    services.cast_vote(vote=vote, practitioner=voter, choice=Choice.AGREE)
    client = Client()
    client.force_login(voter.user)
    url = f"/ar/measures/{vote.measure.slug}/vote/"
    ask(client, url)
    before = ask(client, url)
    make.cast(vote, people["east"])
    make.cast(vote, people["west"], Choice.BLOCK, "No.")
    make.cast(vote, people["south"][1:], Choice.STAND_ASIDE)

    after = ask(client, url)
    assert (after.body, after.queries) == (before.body, before.queries)


@pytest.mark.slow
@pytest.mark.once
def test_the_walk_finds_a_page_that_tells_how_many_have_voted(clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    people = make.members(5)
    vote = make.opened(people)
    plain = standings.shown_rules

    def naive(rules: Any) -> list[dict[str, Any]]:
        shown = plain(rules)
        shown[0]["roll"] = f"{Ballot.objects.count()} / {shown[0]['roll']}"
        return shown

    monkeypatch.setattr(standings, "shown_rules", naive)
    walked = Walk(vote, people, only="measures/")
    before = walked.look()
    make.cast(vote, people["south"][:1])
    assert {found.partition(" ")[0] for found in differences(before, walked.look(), own="voter")} == {
        "member",
        "author",
    }


def test_recount_says_nothing_of_how_many_have_voted_but_finds_what_was_tampered_with(clock: Any) -> None:
    people = make.members(6)
    vote = make.opened(people)
    for voters in people.values():
        make.cast(vote, voters)
    assert recounted(vote) == "round 1: not counted, 0 faults\n"
    clock.forward(days=8)
    services.close_vote(vote=vote)
    assert recounted(vote) == "round 1: 18 ballots, 1 closings, 0 faults\n"

"""How much a first visit loads, and how often a page asks the database, however many rows it shows."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from dialogues.enums import RegistrationState, SessionState
from dialogues.models import Attribution, Decision, Session, Statement
from network.models import Practitioner
from notifications.models import Message
from tests import first_visit as visits
from tests.desk import at_the_desk
from tests.factories.campaigns import AppearanceFactory, SpeakerFactory
from tests.factories.cases import CaseFactory, ConditionFactory
from tests.factories.dialogues import (
    RegistrationFactory,
    RevisionFactory,
    SessionFactory,
    SiteFactory,
    published_minutes,
    seat,
)
from tests.factories.network import CodeOfConductFactory, PractitionerFactory, RoleGrantFactory, coordinator
from tests.first_visit import FIRST_FLIGHT, first_visit

pytestmark = pytest.mark.django_db

LANGUAGES = ["ar", "en"]
PUBLIC = [
    "home", "dialogues:session_list", "dialogues:session_detail", "dialogues:session_minutes", "held",
    "cases:list", "cases:detail", "network:join", "network:conduct",
    "network:goodbye",
    "account_login", "account_signup", "account_reset_password", "certificates:form",
    "media:list", "media:detail",
]  # fmt: skip
MEMBER = [
    "home", "dialogues:session_list", "dialogues:session_detail", "dialogues:session_minutes", "dialogues:minutes_edit", "network:join",
    "network:conduct", "network:me", "network:profile",
    "network:notifications", "network:privacy", "network:people", "account_email", "account_change_password", "usersessions_list",
    "mfa_index", "my_sessions:calendar", "held", "cases:list", "cases:detail", "cases:new", "cases:mine", "measures:drafts",
    "measures:mine", "measures:following",
    "measures:new",
]  # fmt: skip
SLUGS = {
    "dialogues:session_detail": ["oxygen"],
    "dialogues:session_minutes": ["written"],
    "dialogues:minutes_edit": ["written"],
    "cases:detail": ["oxygen"],
    "media:detail": ["oxygen"],
}
PUBLIC_QUERIES, MEMBER_QUERIES, ADMIN_QUERIES = 8, 15, 25
A_FULL_LIST = 21


def address(name: str, language: str) -> str:
    with override(language):
        return reverse(name, args=SLUGS.get(name, []))


def fill(rows: int) -> None:
    """Let every list have so many rows."""
    CodeOfConductFactory()
    facilitators = PractitionerFactory.create_batch(rows, visibility="members")
    for number in range(rows):
        session = SessionFactory(slug=f"other-{number}" if number else "oxygen")
        SiteFactory.create_batch(rows, session=session)
        session.facilitators.set(facilitators)
        kinds = [ConditionFactory(code=f"condition-{n}") for n in range(rows)]
        CaseFactory(slug=f"case-{number}" if number else "oxygen", conditions=kinds)
        appearance = AppearanceFactory(slug=f"entry-{number}" if number else "oxygen")
        SpeakerFactory.create_batch(rows, appearance=appearance)
        held = SessionFactory(in_hours=-24, state=SessionState.CLOSED)
        RegistrationFactory.create_batch(6, session=held, state=RegistrationState.ATTENDED)
    _written(rows, facilitators)


def _written(rows: int, facilitators: list[Practitioner]) -> None:
    """Add a session with minutes that everybody reads."""
    session = SessionFactory(slug="written", state="closed", in_hours=-48)
    session.facilitators.set(facilitators)
    minutes = published_minutes(session, "everybody")
    for position in range(1, rows + 1):
        Decision.objects.create(
            revision=minutes.published_revision,
            position=position,
            text_ar="قرار",
            text_en="Decided",
            responsible="members",
        )


def queries(client: Client, path: str) -> int:
    """Return how often a page asks the database, once what lasts for a minute or a process is known."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(path)
    assert response.status_code == 200, f"{path}: {response.status_code}"
    return len(captured)


@pytest.fixture
def asked(db: None) -> Callable[..., list[int]]:
    """Count a page's queries with one row in every list, then with three; the cache of pages is emptied in between."""

    def count(client: Callable[[], Client], path: str, fill: Callable[[int], None] = fill) -> list[int]:
        counts = []
        for rows in (1, 3):
            cache.clear()
            with transaction.atomic():
                fill(rows)
                browser = client()
                counts.append(queries(browser, path))
                transaction.set_rollback(True)
        return counts

    return count


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_first_visit_fits_into_the_first_flight(client: Client, name: str, language: str) -> None:
    fill(1)
    SessionFactory.create_batch(A_FULL_LIST)
    AppearanceFactory.create_batch(A_FULL_LIST)

    loaded = first_visit(client, address(name, language))

    assert len(loaded) >= 3, "A page without style and icons was measured."
    assert sum(loaded.values()) <= FIRST_FLIGHT, loaded


def test_every_file_that_a_page_names_is_counted(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    named = visits.Named(
        '<link rel="stylesheet" href="/static/a.css"><link rel="alternate" href="/other/"><script src="/static/b.js"></script>'
        '<img src="c.png" srcset="d.png 1x, e.png 2x"><svg><use href="/static/f.svg#icon"/></svg><p style="background:url(g.png)">'
    )

    assert named.found == ["/static/a.css", "/static/b.js", "c.png", "d.png", "e.png", "/static/f.svg#icon", "g.png"]

    fill(1)
    path = address("home", "ar")
    small = sum(first_visit(client, path).values())
    monkeypatch.setattr(visits, "travelling", lambda path: Path(path).stat().st_size)
    assert sum(first_visit(client, path).values()) > small


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PUBLIC)
def test_a_public_page_asks_the_database_seldom(name: str, language: str, asked: Callable[..., list[int]]) -> None:
    counts = asked(Client, address(name, language))

    assert counts[0] == counts[1] <= PUBLIC_QUERIES


@pytest.mark.parametrize("name", MEMBER)
def test_a_members_page_asks_the_database_seldom(name: str, asked: Callable[..., list[int]]) -> None:
    def signed_in() -> Client:
        member = PractitionerFactory()
        seat(practitioner=member)
        Session.objects.get(slug="written").facilitators.add(member)
        CaseFactory.create_batch(2, author=member, state="draft")
        client = Client()
        client.force_login(member.user)
        return client

    counts = asked(signed_in, address(name, "ar"))

    assert counts[0] == counts[1] <= MEMBER_QUERIES


def _notices(rows: int) -> None:
    now = timezone.now()
    recipient = PractitionerFactory().user_id
    for number in range(rows):
        Message.objects.create(
            kind="membership-verified", recipient_id=recipient, channel="email", language="ar", dedup_key=f"{number}",
            created_at=now, due_at=now,
        )  # fmt: skip


@pytest.mark.parametrize("label", sorted(model._meta.label_lower for model in admin.site._registry))
def test_a_list_of_the_desk_asks_the_database_seldom(label: str, asked: Callable[..., list[int]]) -> None:
    def signed_in() -> Client:
        return at_the_desk(coordinator(side=None))

    def rows(number: int) -> None:
        fill(number)
        _notices(number)
        RoleGrantFactory.create_batch(number)

    path = f"/ar/admin/{label.replace('.', '/')}/"

    counts = asked(signed_in, path, fill=rows)

    assert counts[0] == counts[1] <= ADMIN_QUERIES


def test_an_anonymous_page_is_answered_from_the_cache_in_either_language(client: Client) -> None:
    fill(1)
    paths = [address("home", language) for language in LANGUAGES]
    for path in paths:
        assert queries(client, path)

    # One thread serves both languages in turn.
    assert [queries(client, path) for path in paths * 2] == [0] * 4


@pytest.mark.parametrize("page", ["minutes", "revisions", "publication"])
def test_a_page_of_the_minutes_asks_the_database_seldom(page: str, asked: Callable[..., list[int]]) -> None:
    def rows(number: int) -> None:
        fill(number)
        minutes = Session.objects.get(slug="written").minutes
        for _ in range(number):
            RevisionFactory(minutes=minutes)
            statement = Statement.objects.create(minutes=minutes, text="Said", noted_on=timezone.localdate())
            Attribution.objects.create(
                statement=statement, written_by=minutes.session.created_by, written_at=timezone.now()
            )
            seat(session=minutes.session, state="attended")

    class Desk:
        def __init__(self) -> None:
            self.client = at_the_desk(coordinator(side=None))

        def get(self, path: str) -> Any:
            return self.client.get(
                reverse(f"admin:dialogues_session_{page}", args=[Session.objects.get(slug="written").pk])
            )

    counts = asked(Desk, "", fill=rows)

    assert counts[0] == counts[1] <= ADMIN_QUERIES

"""Times by the clock of whoever reads, beside Tripoli's: on pages, in mails and SMS; nobody else's page is changed."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import available_timezones

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from dialogues.enums import Listing, SessionState
from network import selectors, services
from network.models import User
from notifications import outbox, render, zones
from notifications.outbox import Message
from tests.factories.dialogues import SessionFactory, seat
from tests.factories.network import PractitionerFactory, UserFactory

SUMMER, WINTER = datetime(2027, 7, 6, 16, tzinfo=UTC), datetime(2027, 1, 5, 16, tzinfo=UTC)
LANGUAGES = ["ar", "en"]


def said(zone: str, begins: datetime, ends: datetime | None = None, language: str = "en") -> str:
    with override(language), zones.override(lambda: zone):
        return zones.elsewhere(begins, ends)


@pytest.mark.parametrize(
    ("zone", "begins", "ends", "text"),
    [
        ("Europe/London", WINTER, None, "16:00 London time"),
        ("Europe/London", SUMMER, None, "17:00 London time"),
        ("Europe/London", WINTER, WINTER + timedelta(hours=2), "16:00 to 18:00 London time"),
        ("Australia/Sydney", WINTER, None, "6 January, 03:00 Sydney time"),
        ("America/New_York", WINTER, WINTER + timedelta(hours=14), "11:00 to 6 January, 01:00 New York time"),
        # The clocks show the same: Cairo in winter, Berlin in summer.
        ("Africa/Cairo", WINTER, None, ""),
        ("Europe/Berlin", SUMMER, None, ""),
        ("", WINTER, None, ""),
        ("Nowhere/At_All", WINTER, None, ""),
    ],
)
def test_what_the_readers_clock_shows(zone: str, begins: datetime, ends: datetime | None, text: str) -> None:
    assert said(zone, begins, ends) == text


def test_it_is_said_in_arabic() -> None:
    assert said("Europe/London", WINTER, language="ar") == "4:00\xa0م بتوقيت لندن"


def test_the_zone_of_one_reader_ends_with_their_page() -> None:
    assert said("Europe/London", WINTER)
    assert zones.elsewhere(WINTER) == ""


def test_places_are_real_zones_that_can_be_told_apart_in_both_languages() -> None:
    assert {zone for zone, _city, _country in zones.PLACES} <= available_timezones()
    assert "Africa/Tripoli" not in zones.CITIES
    for language in LANGUAGES:
        with override(language):
            labels = zones.labels()
        assert len({label for _zone, label in labels}) == len(labels) == len(zones.PLACES) + 1
        assert labels[0][0] == ""
        assert all(any("\u0600" < sign < "\u06ff" for sign in label) == (language == "ar") for _zone, label in labels)


@pytest.mark.parametrize(
    ("tag", "text", "at_home"),
    [
        ('{{ at|clock:"TIME_FORMAT" }}', "18:00 Tripoli time · 16:00 London time", "18:00"),
        ('{{ at|clock_named:"TIME_FORMAT" }}', "18:00 Tripoli time · 16:00 London time", "18:00 Tripoli time"),
        ('{{ at|clock_short:"TIME_FORMAT" }}', "18:00 (16:00 London)", "18:00"),
        ("{% elsewhere at %}", "16:00 London time", ""),
    ],
)
def test_tags(tag: str, text: str, at_home: str) -> None:
    def shown(zone: str) -> str:
        with override("en"), zones.override(lambda: zone):
            return Template("{% load words %}" + tag).render(Context({"at": WINTER}))

    assert (shown("Europe/London"), shown("")) == (text, at_home)


# --- pages --------------------------------------------------------------------------------------------------------------


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_member_abroad_reads_a_session_by_both_clocks(language: str) -> None:
    session = SessionFactory(starts_at=WINTER, ends_at=WINTER + timedelta(hours=2), listing=Listing.PUBLIC)
    away, home = PractitionerFactory(side=None), PractitionerFactory()
    services.keep_zone(user=away.user, zone="Europe/London")
    address = f"/{language}/sessions/{session.slug}/"
    theirs = {"en": "16:00 to 18:00 London time", "ar": "لندن"}[language]

    assert theirs in signed_in(away).get(address).text
    for reader in (signed_in(home), Client()):
        assert theirs not in reader.get(address).text


@pytest.mark.django_db
def test_it_costs_no_query() -> None:
    session = SessionFactory(starts_at=WINTER, ends_at=WINTER + timedelta(hours=2))
    counts = []
    for zone in ("", "Europe/London"):
        person = PractitionerFactory(side=None)
        services.keep_zone(user=person.user, zone=zone)
        client = signed_in(person)
        client.get(f"/en/sessions/{session.slug}/")
        with CaptureQueriesContext(connection) as counted:
            client.get(f"/en/sessions/{session.slug}/")
        counts.append(len(counted))
    assert counts[0] == counts[1]


# --- notices ------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_mails_and_reminders_name_both_clocks(language: str) -> None:
    session = SessionFactory(starts_at=WINTER, ends_at=WINTER + timedelta(hours=2), state=SessionState.PUBLISHED)
    readers = {}
    for zone in ("", "Europe/London"):
        person = seat(session=session, practitioner__side=None).practitioner
        services.keep_language(user=person.user, language=language)
        services.keep_zone(user=person.user, zone=zone)
        readers[zone] = selectors.address_book([person.user_id])[person.user_id]
    assert [reader.zone for reader in readers.values()] == ["", "Europe/London"]
    context = {
        "title": {"ar": "جلسة", "en": "Session"},
        "starts": outbox.stamp(WINTER),
        "ends": outbox.stamp(WINTER + timedelta(hours=2)),
    }
    theirs = {"en": "16:00 to 18:00 London time", "ar": "بتوقيت لندن"}[language]
    for zone, reader in readers.items():
        message = Message(
            pk=1, kind="session-reminder-hour", channel="email", language=language, discreet=False,
            context=context | {"slug": "x", "chatham_house": False, "until": outbox.stamp(WINTER)}, recipient_id=reader.id,
        )  # fmt: skip
        assert (theirs in str(render.email(message, reader).body)) == bool(zone)
        assert ({"en": "16:00 London time", "ar": "لندن"}[language] in render.sms(message, reader)) == bool(zone)


# --- choosing it --------------------------------------------------------------------------------------------------------


def form(person: Any, **more: Any) -> dict[str, Any]:
    return {
        "name_ar": person.name_ar, "name_latin": person.name_latin, "profession": person.profession_id, "where": "abroad",
        "abroad_in": "Malta", "visibility": person.visibility, **more,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_member_abroad_chooses_their_clock_in_the_profile(language: str) -> None:
    person = PractitionerFactory(side=None)
    client, page = signed_in(person), f"/{language}/me/profile/"

    assert client.post(page, form(person, zone="Europe/Malta")).status_code == 302

    assert User.objects.get(pk=person.user_id).zone == "Europe/Malta"
    assert 'value="Europe/Malta" selected' in client.get(page).text
    assert client.post(page, form(person, zone="Mars/Olympus")).status_code == 200
    assert client.post(page, form(person, zone="")).status_code == 302
    assert User.objects.get(pk=person.user_id).zone == ""


@pytest.mark.django_db
def test_whoever_lives_at_home_has_the_networks_clock() -> None:
    person = PractitionerFactory()
    services.keep_zone(user=person.user, zone="Europe/Malta")
    municipality = {"where": "here", "municipality": person.municipality_id, "abroad_in": ""}

    signed_in(person).post("/en/me/profile/", form(person, zone="Europe/Malta", **municipality))

    assert User.objects.get(pk=person.user_id).zone == ""


@pytest.mark.django_db
def test_it_is_in_the_copy_of_ones_data_and_goes_with_the_account() -> None:
    user = UserFactory(zone="Europe/Rome")
    assert selectors.copy_of(user, None)["account"]["time_zone"] == "Europe/Rome"

    services.close_account(user=user)

    assert User.objects.get(pk=user.pk).zone == ""

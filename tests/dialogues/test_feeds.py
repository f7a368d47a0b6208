"""Calendars that programs subscribe to: a member's own, behind a secret address, and that of the public sessions."""

import hashlib
import io
import logging
import os
import re
import shutil
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from icalendar import Calendar

from config.logs import WithoutSecrets
from dialogues import outreach, services
from dialogues.enums import Listing, RegistrationState, SessionState
from dialogues.models import CalendarFeed, Session
from network import services as network_services
from network.models import Practitioner, Transition
from tests.clock import Clock
from tests.dialogues import ics
from tests.dialogues.test_calendars import KHAL, KHAL_CONFIG
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import PractitionerFactory, UserFactory, coordinator

pytestmark = pytest.mark.django_db
FORM = "{start-date} {start-time}-{end-time} {title} {location} {status}"


def signed_in(person: Practitioner) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def feed_url(person: Practitioner) -> str:
    token = services.make_calendar_feed(practitioner=person, by=person.user)
    return f"/calendar/{token}.ics"


def entries(url: str) -> list[ics.Event]:
    """Return what a program finds that looks at the address, read by both parsers."""
    response = Client().get(url)
    assert response.status_code == 200
    _calendar, events = ics.read(response.content)
    parsed = Calendar.from_ical(response.content)
    assert [str(event["UID"]) for event in parsed.walk("VEVENT")] == [event["UID"] for event in events]
    assert [str(event["SUMMARY"]) for event in parsed.walk("VEVENT")] == [event["SUMMARY"] for event in events]
    assert [event["DTSTART"].dt.strftime("%Y%m%dT%H%M%SZ") for event in parsed.walk("VEVENT")] == [
        event["DTSTART"] for event in events
    ]
    return events


@pytest.fixture
def member() -> Practitioner:
    return PractitionerFactory(user__language="en")


# --- what is in it ------------------------------------------------------------------------------------------------------


def test_feed_holds_the_places_of_its_member_alone(member: Practitioner) -> None:
    confirmed = seat(practitioner=member, session__title_en="Mine, confirmed; \\ here")
    offered = seat(practitioner=member, state=RegistrationState.OFFERED, session__in_hours=72)
    led = SessionFactory(in_hours=90)
    led.facilitators.add(member)
    past = seat(practitioner=member, state=RegistrationState.ATTENDED, session__in_hours=-24 * 80)
    seat(practitioner=member, state=RegistrationState.ATTENDED, session__in_hours=-24 * 95)
    for state in (RegistrationState.WAITING, RegistrationState.CANCELLED, RegistrationState.DECLINED):
        RegistrationFactory(practitioner=member, state=state)
    seat(session=confirmed.session)

    found = {event["UID"].split("@")[0]: event for event in entries(feed_url(member))}

    assert {uid: event["STATUS"] for uid, event in found.items()} == {
        str(confirmed.session.uid): "CONFIRMED",
        str(offered.session.uid): "TENTATIVE",
        str(led.uid): "CONFIRMED",
        str(past.session.uid): "CONFIRMED",
    }
    mine = found[str(confirmed.session.uid)]
    assert mine["SUMMARY"] == "Mine, confirmed; \\ here"
    assert mine["LOCATION"] == f"{confirmed.site.name_en}, 5 Zawiya Street"
    assert mine["URL"] == f"{settings.SITE_URL}/en/sessions/{confirmed.session.slug}/"
    assert found[str(offered.session.uid)]["LOCATION"] == offered.site.name_en


def test_feed_speaks_the_language_of_its_member() -> None:
    person = PractitionerFactory(user__language="ar")
    place = seat(practitioner=person)

    (event,) = entries(feed_url(person))

    assert event["SUMMARY"] == place.session.title_ar
    assert event["LOCATION"] == f"{place.site.name_ar}، شارع الزاوية ٥"


@pytest.mark.parametrize(("language", "word"), [("ar", "موعد"), ("en", "Appointment")])
@pytest.mark.parametrize(
    ("discreet", "chatham_house"), [(True, False), (False, True)], ids=["discreet", "chatham house"]
)
def test_neutral_entry_gives_nothing_away(language: str, word: str, discreet: bool, chatham_house: bool) -> None:
    person = PractitionerFactory(user__language=language, user__discreet=discreet)
    place = seat(practitioner=person, session__chatham_house=chatham_house)

    response = Client().get(feed_url(person))

    calendar, (event,) = ics.read(response.content)
    assert (event["SUMMARY"], event["CLASS"]) == (word, "PRIVATE")
    assert {"LOCATION", "URL", "DESCRIPTION", "ORGANIZER", "ATTENDEE", "CATEGORIES"} & event.keys() == set()
    text = response.content.decode().replace("\r\n ", "")
    session = place.session
    for telling in (
        session.title_ar,
        session.title_en,
        session.slug,
        place.site.name_ar,
        place.site.name_en,
        person.name,
    ):
        assert telling not in text
    if discreet:
        assert not re.search("jisr|جسر|session|جلس", text.replace(f"@{settings.SITE_HOST}", ""), re.IGNORECASE)
        assert calendar["X-WR-CALNAME"] == {"ar": "مواعيد", "en": "Appointments"}[language]


@pytest.mark.parametrize("open_person", [True, False])
def test_nobody_is_named_in_a_feed(open_person: bool) -> None:
    person = PractitionerFactory(user__discreet=not open_person)
    place = seat(practitioner=person)
    place.session.facilitators.add(PractitionerFactory())
    seat(session=place.session)

    text = Client().get(feed_url(person)).content.decode().replace("\r\n ", "")

    assert not re.search("ATTENDEE|ORGANIZER|mailto|VALARM", text)
    for someone in Practitioner.objects.all():
        assert someone.name_ar not in text
        assert someone.name_latin not in text


def test_cancelled_session_stays_as_cancelled_with_a_higher_sequence(member: Practitioner) -> None:
    place, by = seat(practitioner=member), coordinator(None)
    url = feed_url(member)
    (before,) = entries(url)
    services.cancel_session(session=place.session, by=by)

    (after,) = entries(url)

    assert (before["STATUS"], after["STATUS"]) == ("CONFIRMED", "CANCELLED")
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["UID"] == before["UID"]


def test_moved_session_moves(member: Practitioner) -> None:
    place, by = seat(practitioner=member), coordinator(None)
    url = feed_url(member)
    (before,) = entries(url)
    session = place.session
    session.starts_at += timedelta(days=1)
    session.ends_at += timedelta(days=1)
    services.edit_session(session=session, changed=["starts_at", "ends_at"], by=by)

    (after,) = entries(url)

    assert after["DTSTART"] > before["DTSTART"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["LAST-MODIFIED"] >= before["LAST-MODIFIED"]


def test_what_was_given_up_disappears(member: Practitioner) -> None:
    place = seat(practitioner=member)
    url = feed_url(member)
    assert len(entries(url)) == 1

    services.withdraw(session=place.session, practitioner=member, by=member.user)

    assert entries(url) == []


def test_an_offer_that_ran_out_is_not_tentative_any_more(member: Practitioner, clock: Clock) -> None:
    seat(practitioner=member, state=RegistrationState.OFFERED)
    url = feed_url(member)
    assert [event["STATUS"] for event in entries(url)] == ["TENTATIVE"]

    clock.forward(hours=6)

    assert entries(url) == []


# --- the address --------------------------------------------------------------------------------------------------------


def test_only_the_fingerprint_of_the_address_is_kept(member: Practitioner) -> None:
    token = services.make_calendar_feed(practitioner=member, by=member.user)

    assert len(token) >= 43
    assert CalendarFeed.objects.get().token_sha256 == hashlib.sha256(token.encode()).hexdigest()
    assert token not in str(list(Transition.objects.values()))


def test_a_new_address_makes_the_old_one_worthless(member: Practitioner) -> None:
    old = feed_url(member)
    new = feed_url(member)

    assert (Client().get(old).status_code, Client().get(new).status_code) == (404, 200)
    assert CalendarFeed.objects.count() == 1
    assert [t.move for t in Transition.objects.filter(subject_type="dialogues.calendarfeed").order_by("pk")] == [
        "make",
        "replace",
    ]


def test_revoked_twice_is_revoked_once(member: Practitioner) -> None:
    url = feed_url(member)

    assert services.revoke_calendar_feed(practitioner=member, by=member.user)
    assert not services.revoke_calendar_feed(practitioner=member, by=member.user)
    assert Client().get(url).status_code == 404
    assert Transition.objects.filter(move="revoke").count() == 1


def test_whoever_left_or_is_suspended_has_no_feed(member: Practitioner) -> None:
    suspended, left = PractitionerFactory(), PractitionerFactory()
    urls = [feed_url(person) for person in (member, suspended, left)]
    network_services.suspend(practitioner=suspended, by=coordinator("west"), reason="because")
    network_services.leave(user=left.user)

    assert [Client().get(url).status_code for url in urls] == [200, 404, 404]
    assert set(CalendarFeed.objects.values_list("practitioner_id", flat=True)) == {member.pk}


@pytest.mark.parametrize("state", ["suspended", "left", "applied", "verified", "declined"])
def test_feed_of_somebody_who_is_no_active_member_looks_unknown(state: str) -> None:
    person = PractitionerFactory(state=state)
    assert Client().get(feed_url(person)).status_code == 404


def test_deactivated_account_has_no_feed(member: Practitioner) -> None:
    url = feed_url(member)
    member.user.is_active = False
    member.user.save()
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize("token", ["x", "", "x" * 4000, "%00", "../../me", "ح" * 43])
def test_unknown_address_is_not_found(token: str) -> None:
    assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_feed_answers_reading_only(member: Practitioner) -> None:
    url = feed_url(member)
    head = Client().head(url)

    assert (head.status_code, head.content) == (200, b"")
    assert Client().post(url).status_code == 405


def test_unchanged_calendar_is_not_sent_again(member: Practitioner) -> None:
    place = seat(practitioner=member)
    url = feed_url(member)
    first = Client().get(url)
    etag = first["ETag"]

    again = Client().get(url, headers={"if-none-match": etag})
    compressed = Client().get(url, headers={"if-none-match": f"W/{etag}", "accept-encoding": "gzip"})

    assert (first["Cache-Control"], first["Content-Type"]) == ("private, no-cache", "text/calendar; charset=utf-8")
    assert "Last-Modified" in first
    assert "Set-Cookie" not in first
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert compressed.status_code == 304
    services.withdraw(session=place.session, practitioner=member, by=member.user)
    assert Client().get(url, headers={"if-none-match": etag}).status_code == 200


def test_discreet_mode_reaches_calendars_at_once(member: Practitioner) -> None:
    seat(practitioner=member)
    url = feed_url(member)
    first = Client().get(url)
    member.user.discreet = True
    member.user.save()

    for asked in ({"if-none-match": first["ETag"]}, {"if-modified-since": first["Last-Modified"]}):
        answer = Client().get(url, headers=asked)
        assert answer.status_code == 200
        assert ics.read(answer.content)[1][0]["SUMMARY"] == "Appointment"


def test_feed_asks_the_database_as_often_for_one_place_as_for_five(
    member: Practitioner, django_assert_num_queries: Any
) -> None:
    url = feed_url(member)
    for rows in (1, 4):
        for _ in range(rows):
            seat(practitioner=member)
        with django_assert_num_queries(4):
            Client().get(url)


# --- the log ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("filtered", [True, False], ids=["as it is", "without the filter"])
def test_no_log_holds_the_address(filtered: bool, member: Practitioner, monkeypatch: pytest.MonkeyPatch) -> None:
    token = services.make_calendar_feed(practitioner=member, by=member.user)
    services.revoke_calendar_feed(practitioner=member, by=member.user)
    written = io.StringIO()
    handler = next(found for found in logging.getLogger("django").handlers if type(found) is logging.StreamHandler)
    monkeypatch.setattr(handler, "stream", written)
    if not filtered:
        monkeypatch.setattr(handler, "filters", [])

    Client().get(f"/calendar/{token}.ics")
    Client().post(f"/calendar/{token}.ics")

    assert written.getvalue().count(f"/calendar/{'…' if filtered else token + '.ics'}") == 2
    assert (token in written.getvalue()) is not filtered


def test_every_handler_leaves_secrets_out() -> None:
    assert all("without_secrets" in handler["filters"] for handler in settings.LOGGING["handlers"].values())


def test_traceback_of_a_fault_loses_the_address_too() -> None:
    try:
        raise ValueError("/calendar/abcSECRETdef.ics")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "Error handling request %s", ("/calendar/abcSECRETdef.ics?x=1",),
            (ValueError, error, error.__traceback__),
        )  # fmt: skip

    WithoutSecrets().filter(record)

    assert "SECRET" not in logging.Formatter().format(record)


# --- the page -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_address_is_shown_once_when_it_is_made(member: Practitioner, language: str) -> None:
    client, page = signed_in(member), f"/{language}/me/calendar/"
    assert CalendarFeed.objects.count() == 0

    made = client.post(page, {"do": "make"})
    token = re.search(r"/calendar/([\w-]{43})\.ics", made.text).group(1)
    later = client.get(page)

    assert made["Cache-Control"] == "private, no-cache, no-store"
    assert f'value="{settings.SITE_URL}/calendar/{token}.ics"' in made.text
    # The link that names no encryption comes second.
    encrypted, second = made.text.index('id="feed-address"'), made.text.index(f'href="webcal://{settings.SITE_HOST}')
    assert encrypted < made.text.index('data-copy="feed-address"') < second
    assert {"en": "without encryption", "ar": "من دون تشفير"}[language] in made.text
    assert Client().get(f"/calendar/{token}.ics").status_code == 200
    assert token not in later.text
    assert "/calendar/" not in later.text.replace(page, "").replace("/me/calendar/", "")

    client.post(page, {"do": "revoke"})
    assert Client().get(f"/calendar/{token}.ics").status_code == 404


def test_reading_the_page_makes_nothing(member: Practitioner) -> None:
    signed_in(member).get("/en/me/calendar/?do=make")
    assert CalendarFeed.objects.count() == 0


def test_nonsense_makes_nothing(member: Practitioner) -> None:
    assert signed_in(member).post("/en/me/calendar/", {"do": "nonsense"}).status_code == 200
    assert CalendarFeed.objects.count() == 0


def test_page_is_for_active_members() -> None:
    assert Client().get("/en/me/calendar/").url.startswith("/en/accounts/login/")
    client = Client()
    client.force_login(UserFactory())
    assert client.get("/en/me/calendar/").url == "/en/me/"
    assert client.post("/en/me/calendar/", {"do": "make"}).url == "/en/me/"
    assert CalendarFeed.objects.count() == 0


def test_page_is_linked_from_a_member_s_own_pages(member: Practitioner) -> None:
    assert 'href="/en/me/calendar/"' in signed_in(member).get("/en/me/").text


def test_copy_of_one_s_data_tells_of_the_address_but_not_which(member: Practitioner) -> None:
    token = services.make_calendar_feed(practitioner=member, by=member.user)

    copy = outreach.my_copy(member)

    assert copy["calendar_address_made_at"] is not None
    assert token not in str(copy)


# --- the public one -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_public_calendar_holds_what_everybody_may_know(language: str) -> None:
    coming, past = SessionFactory(), SessionFactory(in_hours=-48, state=SessionState.CLOSED)
    cancelled = SessionFactory(state=SessionState.CANCELLED)
    hidden = [
        SessionFactory(state=SessionState.DRAFT),
        SessionFactory(listing=Listing.MEMBERS),
        SessionFactory(listing=Listing.INVITED),
        SessionFactory(in_hours=-24 * 100),
    ]

    response = Client().get(f"/{language}/sessions/calendar.ics")

    _calendar, events = ics.read(response.content)
    found = {event["UID"].split("@")[0]: event for event in events}
    assert {uid: event["STATUS"] for uid, event in found.items()} == {
        str(coming.uid): "CONFIRMED",
        str(past.uid): "CONFIRMED",
        str(cancelled.uid): "CANCELLED",
    }
    assert found[str(coming.uid)]["SUMMARY"] == getattr(coming, f"title_{language}")
    assert found[str(coming.uid)]["URL"] == f"{settings.SITE_URL}/{language}/sessions/{coming.slug}/"
    assert "Zawiya" not in response.text.replace("\r\n ", "")
    assert "الزاوية" not in response.text.replace("\r\n ", "")
    assert not any(session.slug in response.text for session in hidden)


def test_confidential_public_session_is_an_appointment_in_the_calendar() -> None:
    session = SessionFactory(chatham_house=True)

    _calendar, (event,) = ics.read(Client().get("/en/sessions/calendar.ics").content)

    assert (event["SUMMARY"], event["CLASS"]) == ("Appointment", "PRIVATE")
    assert session.slug not in str(event)


def test_public_calendar_is_kept_for_a_minute_and_whole() -> None:
    SessionFactory()
    first = Client().get("/en/sessions/calendar.ics")

    assert set(first["Cache-Control"].split(", ")) == {"public", "max-age=60"}
    # That somebody else has it already must not be kept for all.
    SessionFactory()
    cache.clear()
    now = Client().get("/en/sessions/calendar.ics")
    cache.clear()
    assert Client().get("/en/sessions/calendar.ics", headers={"if-none-match": now["ETag"]}).status_code == 304
    assert len(ics.read(Client().get("/en/sessions/calendar.ics").content)[1]) == 2


def test_public_calendar_is_linked_and_hides_no_session(django_assert_max_num_queries: Any) -> None:
    session = SessionFactory(slug="calendar")
    assert 'href="/en/sessions/calendar.ics"' in Client().get("/en/sessions/").text
    assert Client().get(f"/en/sessions/{session.slug}/").status_code == 200
    with django_assert_max_num_queries(8):
        Client().get("/ar/sessions/calendar.ics")


# --- a real calendar ----------------------------------------------------------------------------------------------------


class Khal:
    """The calendar program khal, with one calendar that a synchroniser fills from the feed: what is gone from it is gone."""

    def __init__(self, directory: Any) -> None:
        self.directory = directory
        (directory / "own").mkdir()
        (directory / "config").write_text(KHAL_CONFIG.format(directory=directory))

    def run(self, *arguments: str) -> str:
        command = [str(KHAL), "-c", str(self.directory / "config"), *arguments]
        environment = {**os.environ, "LC_ALL": "C.UTF-8", "HOME": str(self.directory)}
        return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout

    def after(self, url: str) -> list[str]:
        """Look at the address, take in what is there, and return what the calendar then lists."""
        feed = self.directory / "feed.ics"
        feed.write_bytes(Client().get(url).content)
        shutil.rmtree(self.directory / "own")
        (self.directory / "own").mkdir()
        self.run("import", "--batch", "-a", "own", str(feed))
        listed = self.run("list", "--day-format", "", "--format", FORM, "today", "60d")
        return sorted(line.strip() for line in listed.splitlines() if line.strip())


def by_day(days: int) -> dict[str, Any]:
    """Return the times of a session in so many days that lies within one day: khal lists it once."""
    starts = timezone.localtime().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=days)
    return {"starts_at": starts, "ends_at": starts + timedelta(hours=2)}


@pytest.mark.skipif(not KHAL and os.environ.get("CI") != "true", reason="khal is not installed")
def test_khal_follows_a_feed(tmp_path: Any, member: Practitioner) -> None:
    khal, by = Khal(tmp_path), coordinator(None)

    def at(days: int) -> dict[str, Any]:
        return {f"session__{name}": moment for name, moment in by_day(days).items()}

    kept = seat(practitioner=member, session__title_en="Oxygen, power; water", **at(10))
    moved = seat(practitioner=member, session__title_en="Medicines", **at(11))
    off = seat(practitioner=member, session__title_en="Vaccination", **at(12))
    given_up = seat(practitioner=member, session__title_en="Dialysis", **at(13))
    url = feed_url(member)

    first = khal.after(url)
    session = Session.objects.get(pk=moved.session_id)
    session.starts_at += timedelta(days=9)
    session.ends_at += timedelta(days=9)
    services.edit_session(session=session, changed=["starts_at", "ends_at"], by=by)
    services.cancel_session(session=off.session, by=by)
    services.withdraw(session=given_up.session, practitioner=member, by=member.user)
    then = khal.after(url)

    def day(place: Any) -> str:
        return timezone.localtime(Session.objects.get(pk=place.session_id).starts_at).strftime("%Y-%m-%d")

    assert [re.sub(r"^\S+ \S+ ", "", line).split(" Room")[0] for line in first] == [
        "Oxygen, power; water", "Medicines", "Vaccination", "Dialysis",
    ]  # fmt: skip
    assert all("10:00-12:00" in line and "CANCELLED" not in line for line in first)
    assert len(then) == 3
    assert then[0].startswith(f"{day(kept)} 10:00-12:00 Oxygen, power; water")
    assert then[1].startswith(f"{day(off)} 10:00-12:00 Vaccination")
    assert "CANCELLED" in then[1]
    assert then[2].startswith(f"{day(moved)} 10:00-12:00 Medicines")


@pytest.mark.skipif(not KHAL and os.environ.get("CI") != "true", reason="khal is not installed")
def test_khal_reads_the_public_calendar_in_arabic(tmp_path: Any) -> None:
    title = "الأكسجين، والكهرباء؛ وما يلزم المستشفيات الصغيرة في الجنوب والشرق والغرب"
    session = SessionFactory(title_ar=title, **by_day(10))
    SiteFactory(session=session)

    (line,) = Khal(tmp_path).after("/ar/sessions/calendar.ics")

    assert session.title_ar in line

"""The door: the host's list, scanned passes, the member's own pass, the sheet. GET tells, POST marks, and only who keeps the door."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from dialogues import policies, services
from dialogues.enums import RegistrationState, SiteKind, Via
from dialogues.models import Registration, Session, Site
from tests.clock import Clock
from tests.desk import at_the_desk
from tests.dialogues.doors import Doors, doors, placed, scanned, signed_in
from tests.factories.dialogues import RegistrationFactory, SessionFactory, SiteFactory, seat
from tests.factories.network import CodeOfConductFactory, PractitionerFactory, auditor, coordinator
from tests.state import everything

pytestmark = pytest.mark.django_db
LANGUAGES = ["ar", "en"]
IN_ROOM = ["Wafa Westman", "Eman Eastman", "Anas Abroadi"]
PAGES = ["door/", "door/sheet/"]


@pytest.fixture
def scene() -> Doors:
    return doors()


def state_of(row: Registration) -> str:
    return Registration.objects.get(pk=row.pk).state


# --- the list -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES)
def test_a_host_sees_the_list_of_their_own_site_and_nothing_else(scene: Doors, language: str, page: str) -> None:
    text = signed_in(scene.host).get(scene.url(page, language)).text

    for name in IN_ROOM:
        assert name in text
    assert services.shown_code(scene.rows["east"].code) in text
    assert "Elham Elsewhere" not in text
    assert services.shown_code(scene.rows["elsewhere"].code) not in text


def uninvited(scene: Doors) -> Client:
    scene.session.invited_regions.set([scene.rows["west"].practitioner.region])
    return at_the_desk(coordinator("south"))


STRANGERS = {
    "a member": lambda scene: signed_in(PractitionerFactory()),
    "somebody who is expected": lambda scene: signed_in(scene.rows["west"].practitioner),
    "a coordinator of a side that is not invited": uninvited,
}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("stranger", STRANGERS.values(), ids=STRANGERS)
def test_the_door_does_not_exist_for_others(scene: Doors, stranger: object, page: str) -> None:
    browser = stranger(scene)  # type: ignore[operator]

    assert browser.get(scene.url(page)).status_code == 404
    assert browser.post(scene.url("door/"), {"do": "codes", "codes": scene.rows["west"].code}).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_the_host_of_another_session_finds_nothing_here(scene: Doors, page: str) -> None:
    other = doors()
    assert signed_in(other.host).get(scene.url(page)).status_code == 404
    assert signed_in(scene.host).get(f"{scene.url(page)}?site={other.room.pk}").status_code == 404
    assert signed_in(scene.host).get(f"{scene.url(page)}?site={scene.other_room.pk}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_an_anonymous_reader_is_sent_to_the_login(scene: Doors, page: str) -> None:
    assert "/accounts/login/" in Client().get(scene.url(page)).url


def test_a_coordinator_is_led_to_the_desk(scene: Doors) -> None:
    answer = at_the_desk(coordinator("west")).get(scene.url())
    assert answer.url == f"/en/admin/dialogues/session/{scene.session.pk}/attendance/"


@pytest.mark.parametrize("page", PAGES)
def test_the_list_opens_a_day_before_and_closes_with_the_attendance(scene: Doors, page: str, clock: Clock) -> None:
    browser = signed_in(scene.host)
    clock.set(scene.session.starts_at)
    clock.forward(days=-1, seconds=-1)
    assert browser.get(scene.url(page)).status_code == 404
    clock.forward(seconds=1)
    assert browser.get(scene.url(page)).status_code == 200
    clock.forward(days=1, hours=1)
    services.close_attendance(session=scene.session, by=coordinator(None))
    assert browser.get(scene.url(page)).status_code == 404
    assert browser.get(scanned(scene.rows["west"])).status_code == 404


def test_the_list_that_nobody_closes_closes_by_itself(scene: Doors, clock: Clock) -> None:
    clock.set(scene.session.ends_at)
    clock.forward(days=7, seconds=1)
    assert signed_in(scene.host).get(scene.url()).status_code == 404
    with pytest.raises(services.NotYoursToMark):
        services.mark(registration=scene.rows["west"], as_="present", by=scene.host.user)


def test_ticks_and_undone_ticks(scene: Doors) -> None:
    browser, row = signed_in(scene.host), scene.rows["east"]
    for _ in range(2):
        answer = browser.post(scene.url(), {"do": "mark", "row": [row.pk], "present": [row.pk]})
        assert answer.url == scene.url()
        assert state_of(row) == RegistrationState.ATTENDED
    page = browser.get(scene.url()).text
    assert "1 of 3 present" in page
    assert re.search(rf'value="{row.pk}" checked', page)
    for _ in range(2):
        browser.post(scene.url(), {"do": "mark", "row": [row.pk], "was": [row.pk]})
        assert state_of(row) == RegistrationState.CONFIRMED


def test_a_tick_sent_by_the_page_itself_is_answered_in_json(scene: Doors) -> None:
    row = scene.rows["east"]
    browser = signed_in(scene.host)
    data = {"do": "mark", "row": [row.pk], "present": [row.pk]}
    headers = {"X-Requested-With": "fetch"}

    assert browser.post(scene.url(), data, headers=headers).json() == {"said": "1 change saved."}
    Session.objects.filter(pk=scene.session.pk).update(starts_at=timezone.now() + timedelta(hours=2))
    data = {"do": "mark", "row": [row.pk], "was": [row.pk]}
    early = browser.post(scene.url(), data, headers=headers)
    assert (early.status_code, "an hour before" in early.json()["said"]) == (409, True)


@pytest.mark.parametrize("forged", ["elsewhere", "foreign", "nonsense"])
def test_forged_ticks_change_nothing(scene: Doors, forged: str) -> None:
    browser = signed_in(scene.host)
    pks = {"elsewhere": scene.rows["elsewhere"].pk, "foreign": seat().pk, "nonsense": "x" * 400}
    before = everything()

    browser.post(scene.url(), {"do": "mark", "row": [pks[forged]], "present": [pks[forged]]})

    assert everything() == before


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_marks_nobody(scene: Doors, method: str) -> None:
    browser, own = signed_in(scene.host), signed_in(scene.rows["east"].practitioner)
    before = everything()

    for url in (scene.url(), scene.url("door/sheet/"), scanned(scene.rows["east"]), f"{scene.url()}?do=mark&q=x"):
        assert getattr(browser, method)(url).status_code == 200
    for url in (scene.url("pass/"), scanned(scene.rows["east"])):
        assert getattr(own, method)(url).status_code == 200

    assert everything() == before


def test_codes_are_typed_and_what_is_wrong_stays_in_the_box(scene: Doors) -> None:
    good, bad = scene.rows["east"].code, "12x<b>"

    page = signed_in(scene.host).post(scene.url(), {"do": "codes", "codes": f"{good}\n{bad}"}).text

    assert state_of(scene.rows["east"]) == RegistrationState.ATTENDED
    assert "Eman Eastman" in page
    assert "mistyped" in page
    assert re.search(r"<textarea[^>]*>\s*12x&lt;b&gt;</textarea>", page)


def test_codes_typed_too_early_are_refused() -> None:
    scene = doors(in_hours=2)
    answer = signed_in(scene.host).post(scene.url(), {"do": "codes", "codes": scene.rows["east"].code})
    assert [str(message)[:31] for message in get_messages(answer.wsgi_request)] == ["Attendance can be marked from a"]


@pytest.mark.parametrize(("query", "found"), [("wafa", ["Wafa Westman"]), ("WESTMAN", ["Wafa Westman"]), ("elham", [])])
def test_the_list_is_searched_by_name(scene: Doors, query: str, found: list[str]) -> None:
    page = signed_in(scene.host).get(scene.url(), {"q": query}).text
    assert [name for name in [*IN_ROOM, "Elham Elsewhere"] if name in page] == found


def test_the_list_is_searched_by_code(scene: Doors) -> None:
    arabic = scene.rows["east"].code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    page = signed_in(scene.host).get(scene.url(), {"q": arabic}).text
    assert [name for name in IN_ROOM if name in page] == ["Eman Eastman"]


def test_an_unknown_step_is_404(scene: Doors) -> None:
    assert signed_in(scene.host).post(scene.url(), {"do": "close"}).status_code == 404


def test_who_keeps_two_doors_chooses(scene: Doors) -> None:
    Site.objects.filter(pk=scene.other_room.pk).update(local_host=scene.host)
    browser = signed_in(scene.host)
    assert "Elham Elsewhere" not in browser.get(scene.url()).text
    assert "Elham Elsewhere" in browser.get(f"{scene.url()}?site={scene.other_room.pk}").text
    answer = browser.post(
        f"{scene.url()}?site={scene.other_room.pk}",
        {"do": "mark", "row": [scene.rows["elsewhere"].pk], "present": [scene.rows["elsewhere"].pk]},
    )
    assert answer.url.endswith(f"?site={scene.other_room.pk}")


# --- under the Chatham House Rule -------------------------------------------------------------------------------------------


def test_under_the_rule_the_host_sees_first_names_and_an_initial_and_reads_why() -> None:
    scene = doors(chatham_house=True)
    browser = signed_in(scene.host)

    for url in (scene.url(), scene.url("door/sheet/"), scanned(scene.rows["west"])):
        page = browser.get(url).text
        assert "Wafa W." in page
        assert "Westman" not in page
    page = browser.post(scene.url(), {"do": "codes", "codes": scene.rows["west"].code}).text
    assert "Chatham House Rule" in page
    assert "Westman" not in page
    # A search must not tell what the list does not.
    assert "Wafa W." not in browser.get(scene.url(), {"q": "westman"}).text


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Salma Mahmoud Idris (Demo)", "Salma I."),
        ("سالمة محمود إدريس (تجريبية)", "سالمة إ."),
        ("خالد الهادي", "خالد ه."),
        ("عبد الله منصور", "عبد الله م."),
        ("Abu Bakr Al-Tahir", "Abu Bakr T."),
        ("Salma", "Salma"),
        ("", ""),
    ],
)
def test_short_name(name: str, short: str) -> None:
    assert policies.short_name(name) == short


# --- a scanned pass -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scanned_pass_shows_the_person_and_one_press_marks_them(scene: Doors, language: str, clock: Clock) -> None:
    browser, row = signed_in(scene.host), scene.rows["east"]
    clock.set(scene.session.starts_at.replace(microsecond=0))
    url = scanned(row, language)
    page = browser.get(url).text
    assert "Eman Eastman" in page
    assert state_of(row) == RegistrationState.CONFIRMED

    assert browser.post(url).url == url
    clock.forward(minutes=7)
    assert browser.post(url).url == url

    row.refresh_from_db()
    assert (row.state, row.marked_via, row.marked_by) == (RegistrationState.ATTENDED, Via.PASS, scene.host.user)
    assert row.marked_at == scene.session.starts_at.replace(microsecond=0)
    if language == "en":
        since = timezone.localtime(row.marked_at).strftime("%H:%M")
        assert f"Present since {since}." in browser.get(url).text


def test_a_pass_for_another_room_says_so_and_names_nobody(scene: Doors) -> None:
    browser, url = signed_in(scene.host), scanned(scene.rows["elsewhere"])

    page = browser.get(url).text

    assert "This pass is for another place" in page
    assert "Elham" not in page
    assert browser.post(url).status_code == 404
    assert state_of(scene.rows["elsewhere"]) == RegistrationState.CONFIRMED


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (RegistrationState.CANCELLED, "This place was given up."),
        (RegistrationState.WAITING, "still on the waiting list"),
    ],
)
def test_a_pass_without_a_seat_says_so_and_names_nobody(scene: Doors, state: str, sentence: str) -> None:
    person = PractitionerFactory(name_ar="", name_latin="Nasser Noseat")
    row = RegistrationFactory(session=scene.session, site=scene.room, state=state, practitioner=person)
    browser = signed_in(scene.host)

    page = browser.get(scanned(row)).text

    assert sentence in page
    assert "Nasser" not in page
    assert "no longer possible" in browser.post(scanned(row), follow=True).text
    assert state_of(row) == state


def test_an_old_pass_is_known_as_such_after_signing_up_again(scene: Doors) -> None:
    old = scene.rows["west"]
    old_pass = scanned(old)
    Registration.objects.filter(pk=old.pk).update(state=RegistrationState.CANCELLED)
    new = placed(scene.session, scene.room, old.practitioner)
    browser = signed_in(scene.host)

    assert "This is an old pass" in browser.get(old_pass).text
    browser.post(old_pass)
    assert state_of(new) == RegistrationState.CONFIRMED
    assert "Wafa Westman" in browser.get(scanned(new)).text


def test_a_pass_before_the_hour_says_when() -> None:
    scene = doors(in_hours=3)
    page = signed_in(scene.host).get(scanned(scene.rows["west"])).text
    assert "from an hour before the start" in page
    assert ">Present</button>" not in page


def test_a_pass_is_nothing_to_others(scene: Doors) -> None:
    url = scanned(scene.rows["west"])
    readers = {
        "a member": signed_in(PractitionerFactory()),
        "the other side": at_the_desk(coordinator("east")),
        "an auditor": at_the_desk(auditor()),
        "host of another session": signed_in(doors().host),
    }
    for name, reader in readers.items():
        assert reader.get(url).status_code == 404, name
        assert reader.post(url).status_code == 404, name
    assert "/accounts/login/" in Client().get(url).url
    assert state_of(scene.rows["west"]) == RegistrationState.CONFIRMED


@pytest.mark.parametrize("token", ["1.x", "x", "1", "%00", "9" * 300])
def test_a_forged_pass_is_404(scene: Doors, token: str) -> None:
    assert signed_in(scene.host).get(f"/en/checkin/{token}/").status_code == 404


def test_a_coordinator_scans_people_of_their_side_with_a_second_factor(scene: Doors) -> None:
    url, user = scanned(scene.rows["west"]), coordinator("west")
    first = Client()
    first.force_login(user)
    assert "2fa" in first.get(url).url
    assert "2fa" in first.post(url).url

    at_the_desk(user).post(url)

    assert state_of(scene.rows["west"]) == RegistrationState.ATTENDED


def test_a_pass_for_a_session_of_another_side_tells_the_coordinator_of_its_owner_nothing(scene: Doors) -> None:
    Session.objects.filter(pk=scene.session.pk).update(host_region=scene.rows["east"].practitioner.region)
    url = scanned(scene.rows["west"])
    browser = at_the_desk(coordinator("west"))

    assert browser.get(url).status_code == 404
    assert browser.post(url).status_code == 404
    assert state_of(scene.rows["west"]) == RegistrationState.CONFIRMED


# --- the member's own pass ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_my_pass_is_a_code_and_a_qr_that_lead_to_the_same(scene: Doors, language: str) -> None:
    row = scene.rows["east"]
    browser = signed_in(row.practitioner)

    page = browser.get(scene.url("pass/", language)).text

    assert services.shown_code(row.code) in page
    assert '<svg class="qr" role="img"' in page
    assert 'fill="#fff"' in page
    assert "Eman" not in page
    assert scene.url("pass/", language) in browser.get(scene.url("", language)).text
    assert services.shown_code(row.code) in browser.get(scanned(row, language)).text
    assert browser.post(scanned(row, language)).status_code == 404


def test_the_qr_holds_the_address_of_the_pass(monkeypatch: pytest.MonkeyPatch, scene: Doors) -> None:
    import segno  # noqa: PLC0415 (replaced for this test)

    drawn: list[str] = []
    make = segno.make_qr
    monkeypatch.setattr(segno, "make_qr", lambda text, **options: drawn.append(text) or make(text, **options))

    signed_in(scene.rows["east"].practitioner).get(scene.url("pass/"))

    assert drawn == [services.pass_url(scene.rows["east"])]


@pytest.mark.parametrize("case", ["too early", "over", "waiting", "online", "nobody's"])
def test_there_is_no_pass_when_none_is_due(case: str) -> None:
    hours = {"too early": 25, "over": -3}.get(case, 1)
    session = SessionFactory(in_hours=hours, site__kind=SiteKind.ONLINE if case == "online" else SiteKind.ROOM)
    person = PractitionerFactory()
    if case != "nobody's":
        state = RegistrationState.WAITING if case == "waiting" else RegistrationState.CONFIRMED
        RegistrationFactory(session=session, practitioner=person, state=state)
    browser = signed_in(person)

    assert browser.get(f"/en/sessions/{session.slug}/pass/").url == f"/en/sessions/{session.slug}/"
    assert "/pass/" not in browser.get(f"/en/sessions/{session.slug}/").text


def test_a_pass_without_a_code_yet_is_scanned_all_the_same(scene: Doors) -> None:
    row = scene.rows["east"]
    Registration.objects.filter(pk=row.pk).update(code="")
    page = signed_in(row.practitioner).get(scene.url("pass/")).text
    assert '<svg class="qr"' in page
    assert "Or tell this code" not in page


# --- how often the database is asked --------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["door/", "door/sheet/", "scan", "pass", "session"])
def test_pages_ask_the_database_as_often_for_many_as_for_few(page: str, django_assert_max_num_queries: object) -> None:
    CodeOfConductFactory()
    scene = doors()
    own = page in ("pass", "session")
    browser = signed_in(scene.rows["east"].practitioner if own else scene.host)
    urls = {"scan": scanned(scene.rows["east"]), "pass": scene.url("pass/"), "session": scene.url("")}
    url = urls.get(page) or scene.url(page)
    counts = []
    for more in (0, 4):
        for _ in range(more):
            placed(scene.session, scene.room, PractitionerFactory())
            SiteFactory(session=scene.session)
        with django_assert_max_num_queries(15) as captured:  # type: ignore[operator]
            assert browser.get(url).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]

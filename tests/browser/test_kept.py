"""What a person typed or pressed in a real browser holds: behind a link from a mail, after a login that ran out, without a network."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, expect

from dialogues import services, tokens
from dialogues.enums import RegistrationState
from dialogues.models import CaseStudy, MinutesRevision, Registration, Session
from network.models import Practitioner
from tests.browser.walk import PHONE, chromium, context_of
from tests.dialogues.places import act, join
from tests.factories.dialogues import SessionFactory
from tests.factories.network import PractitionerFactory

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture(autouse=True)
def from_the_browser(transactional_db, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def led_by(person: Practitioner, **fields: object) -> Session:
    """Return a session that goes on now and that somebody leads."""
    session = SessionFactory(**fields)
    session.facilitators.add(person)
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=30), ends_at=now + timedelta(hours=2), registration_closes_at=None
    )
    session.refresh_from_db()
    return session


def logged_out(context: BrowserContext) -> list:
    """End the login of a window as time does, and return what would bring it back."""
    cookies = context.cookies()
    context.clear_cookies()
    context.add_cookies([cookie for cookie in cookies if cookie["name"] == "csrftoken"])
    return [cookie for cookie in cookies if cookie["name"] != "csrftoken"]


def test_an_offered_seat_is_taken_by_the_link_of_a_mail_and_pressing_more_changes_nothing(server):
    session = SessionFactory(site__seats=1)
    seated, waiting = (join(session) for _ in range(2))
    act(services.withdraw, seated)
    waiting.refresh_from_db()
    with chromium() as browser:
        context = context_of(browser, server, viewport=PHONE)
        first, second = context.new_page(), context.new_page()
        for tab in (first, second):
            tab.goto(f"/ar/o/{tokens.of_offer(waiting)}/")
        first.get_by_role("button", name="أقبل المقعد").dblclick()
        expect(first.get_by_text("صار المقعد لك.")).to_be_visible()
        second.get_by_role("button", name="أعتذر عن المقعد").click()
        expect(second.get_by_text("صار المقعد لك.")).to_be_visible()
    waiting.refresh_from_db()
    assert waiting.state == RegistrationState.CONFIRMED


def test_minutes_outlive_a_login_that_ran_out_while_they_were_written(server):
    person = PractitionerFactory(side="west")
    session = led_by(person)
    address = f"/ar/sessions/{session.slug}/minutes/edit/"
    with chromium() as browser:
        context = context_of(browser, server, person.user, viewport=PHONE)
        tab = context.new_page()
        tab.goto(address)
        tab.fill("[name=ar]", "ما كُتب طويلًا ولم يُحفظ.")
        tab.get_by_role("button", name="قرار آخر").click()
        tab.locator("[name=d1-ar]").fill("قرار ثانٍ")
        login = logged_out(context)
        tab.get_by_role("button", name="حفظ المحضر").click()
        expect(tab.locator("[name=login]")).to_be_visible()
        context.add_cookies(login)
        tab.goto(address)
        expect(tab.locator("[name=ar]")).to_have_value("")
        tab.get_by_role("button", name="استعِد ما كتبته").click()
        expect(tab.locator("[name=ar]")).to_have_value("ما كُتب طويلًا ولم يُحفظ.")
        expect(tab.get_by_text("قرار ثانٍ")).to_have_count(1)
        tab.get_by_role("button", name="حفظ المحضر").click()
        expect(tab.get_by_text("حُفظ المحضر.")).to_be_visible()
        expect(tab.locator("[data-draft-note]")).to_be_hidden()
        assert tab.evaluate("sessionStorage.length") == 0
    revision = MinutesRevision.objects.get()
    assert revision.text_ar == "ما كُتب طويلًا ولم يُحفظ."
    assert [decision.text_ar for decision in revision.decisions.all()] == ["قرار ثانٍ"]


def test_a_draft_of_one_person_is_offered_to_no_other_in_the_same_tab(server):
    writer, other = PractitionerFactory(side="west"), PractitionerFactory(side="east")
    with chromium() as browser:
        context = context_of(browser, server, writer.user, viewport=PHONE)
        tab = context.new_page()
        tab.goto("/ar/cases/new/")
        tab.fill("[name=title_ar]", "لا يراها غيري")
        logged_out(context)
        context.add_cookies(context_of(browser, server, other.user).cookies())
        tab.goto("/ar/cases/new/")
        expect(tab.locator("[data-draft-note]")).to_be_hidden()
        assert tab.evaluate("sessionStorage.length") == 0


def test_a_case_study_that_was_saved_is_not_offered_again(server):
    writer = PractitionerFactory(side="west")
    with chromium() as browser:
        tab = context_of(browser, server, writer.user, viewport=PHONE).new_page()
        tab.goto("/ar/cases/new/")
        tab.fill("[name=title_ar]", "تُحفظ مرة واحدة")
        tab.get_by_role("button", name="حفظ المسودة").dblclick()
        expect(tab.get_by_text("حُفظت مسودتك")).to_be_visible()
        tab.goto("/ar/cases/new/")
        expect(tab.locator("[data-draft-note]")).to_be_hidden()
    assert CaseStudy.objects.count() == 1


def test_what_is_ticked_and_typed_at_the_door_waits_for_the_network(server):
    host = PractitionerFactory(side="west")
    session = SessionFactory(site__seats=5)
    session.sites.update(local_host=host)
    registration = join(session)
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(minutes=10), ends_at=now + timedelta(hours=1), registration_closes_at=None
    )
    with chromium() as browser:
        context = context_of(browser, server, host.user, viewport=PHONE)
        tab = context.new_page()
        tab.goto(f"/ar/sessions/{session.slug}/door/")
        context.set_offline(True)
        tab.locator("[name=present]").check()
        expect(tab.locator("[data-status]")).to_contain_text("لم يُحفظ")
        tab.get_by_role("button", name="حفظ العلامات").click()
        tab.fill("[name=codes]", "123 4567")
        tab.get_by_role("button", name="تسجيل الحضور").click()
        expect(tab.get_by_role("alert")).to_contain_text("لا شبكة")
        expect(tab.locator("[name=codes]")).to_have_value("123 4567")
        expect(tab.locator("[name=present]")).to_be_checked()
        context.set_offline(False)
        # It is sent by itself as soon as the network is back.
        expect(tab.locator("[data-status]")).to_have_text("حُفظ تغيير واحد.")
    assert Registration.objects.get(pk=registration.pk).state == RegistrationState.ATTENDED

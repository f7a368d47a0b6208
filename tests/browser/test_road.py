"""The whole road in a real browser, on a phone without JavaScript, in Arabic: from joining to attending."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from dialogues.enums import RegistrationState
from dialogues.models import Registration, Session
from network.enums import MemberState
from network.models import Municipality, Practitioner, Region, User
from notifications.outbox import Message
from tests.browser.walk import PHONE, chromium, context_of
from tests.desk import at_the_desk
from tests.factories.dialogues import SessionFactory
from tests.factories.network import coordinator

pytestmark = pytest.mark.browser

PASSWORD = "قنطرة-بعيدة-2026-bridge"


@pytest.fixture
def network(transactional_db, monkeypatch):
    """The places, the vocabularies, and a session of all sides the day after tomorrow."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    call_command("load_reference", verbosity=0)
    return SessionFactory(title_ar="الأكسجين في المستشفيات", listing="public", site__seats=1)


def code_for(address: str) -> str:
    """Return the code that the last notice to an address holds."""
    return Message.objects.filter(address=address).order_by("-pk").first().context["code"]


def joins(tab: Page, address: str) -> None:
    tab.goto("/ar/")
    tab.get_by_role("main").get_by_role("link", name="الانضمام إلى الشبكة").first.click()
    tab.get_by_role("link", name="إنشاء حساب").first.click()
    tab.fill("[name=email]", address)
    tab.fill("[name=password1]", PASSWORD)
    tab.locator("main form button[type=submit]").first.click()
    tab.fill("[name=code]", code_for(address))
    tab.locator("main form button[type=submit]").first.click()


def applies(tab: Page, name: str) -> None:
    tab.goto("/ar/me/profile/")
    tab.fill("[name=name_ar]", "Mabrouka")
    tab.get_by_role("button", name="طلب العضوية").click()
    # What was typed is kept, with a sentence that says what is wrong.
    expect(tab.locator("[name=name_ar]")).to_have_value("Mabrouka")
    expect(tab.get_by_text("بالحروف العربية فقط").first).to_be_visible()
    tab.fill("[name=name_ar]", name)
    tab.select_option("[name=profession]", index=2)
    sabha = Municipality.objects.filter(district__region__code="south").order_by("pk").first()
    tab.select_option("[name=municipality]", str(sabha.pk))
    tab.check("[name=accept]")
    tab.get_by_role("button", name="طلب العضوية").click()


def walk(browser: Browser, server: str, session: Session) -> None:
    phone = context_of(browser, server, viewport=PHONE, java_script_enabled=False, locale="ar-LY")
    tab = phone.new_page()
    joins(tab, "doctor@example.org")
    applies(tab, "مبروكة الفيتوري")
    person = Practitioner.objects.get()
    assert (person.state, person.region.code, person.user.language) == (MemberState.APPLIED, "south", "ar")

    # Until somebody has verified them, sessions can be read but not entered.
    tab.goto("/ar/people/")
    expect(tab).to_have_url(f"{server}/ar/me/")

    south = coordinator("south")
    at_the_desk(south).post(f"/ar/admin/network/practitioner/{person.pk}/verify/")

    # Two taps from home to a seat.
    tab.goto("/ar/")
    tab.get_by_role("link", name="تسجيل").first.click()
    tab.get_by_role("button", name="تسجيل").first.click()
    expect(tab.get_by_text("مقعدك مؤكَّد").first).to_be_visible()
    registration = Registration.objects.get()
    assert registration.state == RegistrationState.CONFIRMED

    # The evening itself: the coordinator ticks, the member sees it.
    now = timezone.now()
    Session.objects.filter(pk=session.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1), registration_closes_at=None
    )
    at_the_desk_again = context_of(browser, server, south, viewport=PHONE)
    desk = at_the_desk_again.new_page()
    desk.goto(f"/ar/admin/dialogues/session/{session.pk}/attendance/")
    desk.get_by_label("مبروكة الفيتوري").check()
    expect(desk.locator("[data-status]")).to_have_text("حُفظ تغيير واحد.")
    registration.refresh_from_db()
    assert registration.state == RegistrationState.ATTENDED
    tab.goto("/ar/me/")
    expect(tab.get_by_text("حاضر").first).to_be_visible()
    phone.close()
    at_the_desk_again.close()


def test_from_joining_to_attending(network, server):
    assert Region.objects.count() == 3
    with chromium() as browser:
        walk(browser, server, network)
    told = set(
        Message.objects.filter(recipient_id=User.objects.get(email="doctor@example.org").pk).values_list(
            "kind", flat=True
        )
    )
    assert {"membership-verified", "seat-confirmed"} <= told


def test_nothing_is_lost_when_the_network_goes_away_under_a_form(network, server):
    """A form sent into the void can be sent again: the page is still there, and the second try makes one place."""
    from tests.factories.network import PractitionerFactory  # noqa: PLC0415 (after the reference data)

    member = PractitionerFactory(side="west")
    with chromium() as browser:
        context = context_of(browser, server, member.user, viewport=PHONE)
        tab = context.new_page()
        tab.goto(f"/ar/sessions/{network.slug}/")
        context.set_offline(True)
        tab.get_by_role("button", name="تسجيل").first.click(no_wait_after=True)
        tab.wait_for_timeout(300)
        context.set_offline(False)
        tab.goto(f"/ar/sessions/{network.slug}/")
        tab.get_by_role("button", name="تسجيل").first.dblclick()
        expect(tab.get_by_text("مقعدك مؤكَّد").first).to_be_visible()
        context.close()
    assert list(Registration.objects.values_list("practitioner", "state")) == [(member.pk, RegistrationState.CONFIRMED)]

"""A vote in a real browser: by keyboard alone, in Arabic, on a phone without JavaScript."""

import pytest
from playwright.sync_api import Page as Tab, expect

from measures import ballots, services
from measures.enums import Choice
from measures.models import Ballot
from tests.browser.walk import PHONE, chromium, context_of
from tests.factories import measures as make

pytestmark = [pytest.mark.browser, pytest.mark.once]


@pytest.fixture
def people(transactional_db, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    return make.members(6)


def tab_to(tab: Tab, what: str) -> None:
    """Press the tabulator until a thing has the focus."""
    for _ in range(60):
        tab.keyboard.press("Tab")
        if tab.evaluate("what => document.activeElement?.matches(what)", what):
            return
    raise AssertionError(f"The keyboard does not reach {what}.")


def test_an_objection_is_voted_by_keyboard_in_arabic_without_javascript(people, server):
    vote = make.opened(people)
    with chromium() as browser:
        context = context_of(browser, server, people["east"][0].user, viewport=PHONE, java_script_enabled=True)
        context.route("**/*.js", lambda route: route.abort())
        tab = context.new_page()
        tab.goto(f"/ar/measures/{vote.measure.slug}/")
        tab_to(tab, "a.btn")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("group", name="كيف تصوّت؟")).to_be_visible()
        tab_to(tab, "[name=choice]")
        for _ in range(3):
            tab.keyboard.press("ArrowDown")
        expect(tab.get_by_role("radio", name="أعترض")).to_be_checked()
        expect(tab.get_by_role("radio", name="أعترض")).to_have_accessible_description(
            "اعتراض واحد يكفي لإيقافه مؤقتًا. تذكر السبب، وأمام الكتّاب أسبوعان لإيجاد نص تقبل به."
        )
        tab_to(tab, "main form button[type=submit]")
        tab.keyboard.press("Enter")
        # Without a reason: the summary has the focus, its link leads to the field.
        expect(tab.get_by_role("alert")).to_be_focused()
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        expect(tab.locator("[name=reason]")).to_be_focused()
        tab.keyboard.type("لا يذكر العيادات.")
        tab_to(tab, "main form button[type=submit]")
        tab.keyboard.press("Enter")
        expect(tab.get_by_role("status")).to_contain_text("حُفظ صوتك")
        receipt = services.my_ballot(vote, people["east"][0]).receipt
        expect(tab.get_by_label("إيصال تصويتي")).to_have_value(ballots.receipt_shown(receipt))
        context.close()
    assert Ballot.objects.get().choice == Choice.BLOCK

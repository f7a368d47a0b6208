"""The boxes in which people are picked at the desk, worked in a real browser: nothing breaks the Content-Security-Policy."""

import pytest
from playwright.sync_api import Page as Tab

from tests.browser.walk import DESKTOP, chromium, context_of
from tests.desk import at_the_desk
from tests.factories.dialogues import AgendaItemFactory, SessionFactory
from tests.factories.network import PractitionerFactory, coordinator

pytestmark = [pytest.mark.browser, pytest.mark.once]
LISTEN = "addEventListener('securitypolicyviolation', event => console.log('broken: ' + event.violatedDirective))"


def worked(tab: Tab) -> int:
    """Open every box, search, pick, take away; add a row with a box of its own. Return how many boxes there were."""
    for more in tab.locator(".add-row a").all():
        more.click()
    boxes = [box for box in tab.locator(".select2-selection").all() if box.is_visible()]
    for box in boxes:
        box.click()
        tab.keyboard.type("Salem")
        tab.wait_for_selector(".select2-results__option:not(.loading-results)")
        tab.keyboard.press("Enter")
        tab.keyboard.press("Escape")
    tab.locator(".select2-selection__choice__remove").first.click()
    tab.locator(".select2-selection__clear").first.click()
    return len(boxes)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_who_is_picked_already_breaks_no_policy(server: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    by, people = coordinator(None), [PractitionerFactory(name_latin=f"Salem {n}") for n in range(4)]
    at_the_desk(by)
    session = SessionFactory(in_hours=400, site__local_host=people[0])
    session.facilitators.set(people[1:3])
    AgendaItemFactory(session=session).speakers.set(people[2:])
    said: list[str] = []
    with chromium() as browser:
        context = context_of(browser, server, by, viewport=DESKTOP)
        tab = context.new_page()
        tab.add_init_script(LISTEN)
        tab.on("console", lambda message: said.append(message.text))
        tab.goto(f"/{language}/admin/dialogues/session/{session.pk}/change/")

        assert worked(tab) >= 3
        assert [text for text in said if "broken" in text or "Content Security Policy" in text] == []

        # It would be heard.
        tab.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"inline-size:1px\">x</p>')")
        tab.wait_for_timeout(200)
        context.close()
    assert any("broken: style-src" in text for text in said)

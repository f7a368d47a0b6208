"""Every page in real Chromium, in both languages, at phone and desktop width, light, and dark on the phone.

axe finds nothing, nothing sticks out, nothing breaks the Content-Security-Policy.
"""

import os
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page as Tab

from needs.models import Pledge
from tests.browser.campaign_pages import opened
from tests.browser.page import ANONYMOUS, ENTRANT
from tests.browser.pages import actors, pages
from tests.browser.walk import DESKTOP, PHONE, chromium, context_of

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RUN_AXE = """async rules => {
  const found = await axe.run(document, {runOnly: rules});
  return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | "));
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the dark a page is the same but for its colours.
IN_THE_DARK = ["color-contrast"]
WIDTHS = {"390": PHONE, "1280": DESKTOP}
# Where to put pictures, when `make screenshots` asks for them.
PICTURES = os.environ.get("JISR_SCREENSHOTS", "")

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.slow]


@pytest.fixture
def demo(transactional_db, settings, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.DEMO = True
    call_command("load_reference", verbosity=0)
    call_command("load_demo", verbosity=0)


def problems(tab: Tab, *, axe: list[str]) -> list[str]:
    found = []
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 1:
        found.append(f"sticks out by {wide}px")
    if axe:
        # Through the browser's own console: an injected script tag would be stopped by the policy that is tested here.
        tab.evaluate(AXE)
        found += tab.evaluate(RUN_AXE, axe)
    return found


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_is_sound(demo, server, language):
    people = actors()
    # A page that is laid out like another is looked at in Arabic, whose readers are more and whose mistakes are harder to see.
    todo = [page for page in pages(people) if page.main or (language == "ar" and not PICTURES)]
    rows = {ENTRANT: {"entries": [entry.pk for entry in opened()], "pledges": [Pledge.objects.get().pk]}}
    failures, seen = [], 0
    with chromium() as browser:
        for width, viewport in WIDTHS.items():
            # The colours of the dark depend neither on the width nor on the language.
            dark = width == "390" and language == "ar" and not PICTURES
            for scheme in ["light", "dark"] if dark else ["light"]:
                rules = [] if PICTURES else IN_THE_DARK if scheme == "dark" else RULES
                for actor in [ANONYMOUS, ENTRANT, *people]:
                    context = context_of(
                        browser,
                        server,
                        people.get(actor),
                        rows.get(actor),
                        viewport=viewport,
                        color_scheme=scheme,
                    )
                    tab = context.new_page()
                    said: list[str] = []
                    tab.on("console", lambda message, said=said: said.append(message.text))
                    # What is laid out like a page that was looked at is not looked at on the wide screen and in the dark too.
                    light = width == "390" and scheme == "light"
                    looked_at = [page for page in todo if page.actor == actor and (page.main or light)]
                    for page in looked_at:
                        said.clear()
                        answer = tab.goto(f"/{language}/{page.path}")
                        where = f"{page.name} {language} {width} {scheme}"
                        assert answer is not None
                        if answer.status != page.status:
                            failures.append(f"{where}: status {answer.status}")
                        failures += [f"{where}: {text}" for text in said if "Content Security Policy" in text]
                        if PICTURES:
                            folder = Path(PICTURES)
                            folder.mkdir(parents=True, exist_ok=True)
                            tab.screenshot(path=folder / f"{page.name}-{language}-{width}.png", full_page=True)
                        failures += [f"{where}: {problem}" for problem in problems(tab, axe=rules)]
                        seen += 1
                    context.close()
    print(f"{seen} pages looked at in {language}")
    assert seen >= len(todo)
    assert not failures, "\n".join(failures)


def test_axe_and_the_policy_find_planted_faults(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as browser:
        context = context_of(browser, server, viewport=PHONE)
        tab = context.new_page()
        said: list[str] = []
        tab.on("console", lambda message: said.append(message.text))
        tab.goto("/ar/")
        tab.evaluate(
            """() => {
              document.body.insertAdjacentHTML("beforeend", "<img src='/static/favicon.svg'><div style='inline-size:3000px'>x</div>");
              const script = document.createElement("script"); script.textContent = "1"; document.body.append(script);
            }"""
        )
        found = problems(tab, axe=RULES)
        context.close()
    assert any(problem.startswith("image-alt") for problem in found)
    assert any("Content Security Policy" in text for text in said)

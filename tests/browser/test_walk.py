"""Every page in real Chromium, in both languages, at phone and desktop width, light, and dark on the phone.

axe finds nothing, nothing sticks out, nothing breaks the Content-Security-Policy.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from django.core.management import call_command
from playwright.sync_api import BrowserContext, Page as Tab, ViewportSize

from needs.models import Pledge
from tests.browser.campaign_pages import opened
from tests.browser.page import ANONYMOUS, ENTRANT, Page
from tests.browser.pages import actors, pages
from tests.browser.walk import DESKTOP, PHONE, chromium, context_of

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
RUN_AXE = """async ([rules, but]) => {
  // After a change of colours some glide from the old ones; inside of what is folded they would never arrive.
  document.getAnimations().filter(moving => moving instanceof CSSTransition).forEach(moving => moving.finish());
  const found = await axe.run(document, {runOnly: rules, rules: Object.fromEntries(but.map(rule => [rule, {enabled: false}]))});
  return found.violations.map(v => v.id + ": " + v.nodes.slice(0, 3).map(n => n.target.join(" ")).join(" | "));
}"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# In the dark a page is the same but for its colours, and these are the same in both languages.
COLOURS = ["color-contrast"]
# Where to put pictures, when `make screenshots` asks for them.
PICTURES = os.environ.get("JISR_SCREENSHOTS", "")

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.slow]


@dataclass(frozen=True, slots=True)
class View:
    """A width, with its size, and a colour scheme in which a page is looked at, and by which of axe's rules."""

    width: str
    size: ViewportSize
    scheme: Literal["light", "dark"]
    rules: list[str]
    but: list[str] = field(default_factory=list)


@pytest.fixture
def demo(transactional_db, settings, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    settings.DEMO = True
    call_command("load_reference", verbosity=0)
    call_command("load_demo", verbosity=0)


def bring_axe(context: BrowserContext) -> None:
    """Have axe in every page from its start. By the browser itself: the policy that is tested here would stop an injected script tag.

    Sent once a window: to send these 650 kB anew to each page took a sixth of the browser's time.
    """
    context.add_init_script(AXE)


def problems(tab: Tab, *, axe: list[str], but: Sequence[str] = ()) -> list[str]:
    found = []
    wide = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 1:
        found.append(f"sticks out by {wide}px")
    if axe:
        found += tab.evaluate(RUN_AXE, [axe, list(but)])
    return found


def views(page: Page, language: str) -> Iterator[View]:
    """Yield how a page is looked at."""
    yield View("390", PHONE, "light", RULES, but=[] if language == "ar" else COLOURS)
    # What is laid out like a page that was looked at is not looked at on the wide screen and in the dark too.
    if page.main:
        # The colours of the dark depend neither on the width nor on the language.
        if language == "ar" and not PICTURES:
            yield View("390", PHONE, "dark", COLOURS)
        # What axe asks of the wide screen is the same in both languages; what sticks out is not.
        yield View("1280", DESKTOP, "light", RULES if language == "ar" else [])


def show(tab: Tab, view: View) -> None:
    """Lay a page out anew, as for whoever turns the screen or switches the light off: style sheets alone tell by width and colours."""
    tab.set_viewport_size(view.size)
    tab.emulate_media(color_scheme=view.scheme)


def test_every_page_is_sound(demo, server):
    people = actors()
    # A page that is laid out like another is looked at in Arabic, whose readers are more and whose mistakes are harder to see.
    todo = [
        (page, language)
        for language in ("ar", "en")
        for page in pages(people)
        if page.main or (language == "ar" and not PICTURES)
    ]
    rows = {ENTRANT: {"entries": [entry.pk for entry in opened()], "pledges": [Pledge.objects.get().pk]}}
    failures, seen = [], 0
    with chromium() as browser:
        for actor in [ANONYMOUS, ENTRANT, *people]:
            context = context_of(browser, server, people.get(actor), rows.get(actor), viewport=PHONE)
            if not PICTURES:
                bring_axe(context)
            tab = context.new_page()
            said: list[str] = []
            tab.on("console", lambda message, said=said: said.append(message.text))
            for page, language in [(page, language) for page, language in todo if page.actor == actor]:
                said.clear()
                show(tab, next(views(page, language)))
                answer = tab.goto(f"/{language}/{page.path}")
                where = f"{page.name} {language}"
                assert answer is not None
                if answer.status != page.status:
                    failures.append(f"{where}: status {answer.status}")
                for view in views(page, language):
                    show(tab, view)
                    failures += [f"{where} {view.width}: {text}" for text in said if "Content Security Policy" in text]
                    if PICTURES:
                        folder = Path(PICTURES)
                        folder.mkdir(parents=True, exist_ok=True)
                        tab.screenshot(path=folder / f"{page.name}-{language}-{view.width}.png", full_page=True)
                    found = problems(tab, axe=[] if PICTURES else view.rules, but=view.but)
                    failures += [f"{where} {view.width} {view.scheme}: {problem}" for problem in found]
                    seen += 1
                    # What the policy says of axe itself is no news.
                    said.clear()
            context.close()
    print(f"{len(todo)} pages looked at, in {seen} views")
    assert seen >= len(todo)
    assert not failures, "\n".join(failures)


def test_each_view_finds_what_is_wrong_in_it_alone(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as browser:
        context = context_of(browser, server, viewport=PHONE)
        bring_axe(context)
        tab = context.new_page()
        tab.goto("/ar/")
        tab.evaluate(
            """() => {
              const sheet = new CSSStyleSheet();
              sheet.replaceSync(`@media (prefers-color-scheme: dark) { main * { color: #333 !important } }
                                 @media (min-width: 1000px) { main { inline-size: 3000px } }`);
              document.adoptedStyleSheets = [sheet];
            }"""
        )
        found = {}
        for view in views(Page("home", ANONYMOUS, "", main=True), "ar"):
            show(tab, view)
            found[view.width, view.scheme] = {problem.split(":")[0] for problem in problems(tab, axe=view.rules)}
        context.close()
    assert found["390", "light"] == set()
    assert found["390", "dark"] == {"color-contrast"}
    assert any(problem.startswith("sticks out") for problem in found["1280", "light"])


def test_axe_and_the_policy_find_planted_faults(server, monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with chromium() as browser:
        context = context_of(browser, server, viewport=PHONE)
        bring_axe(context)
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

"""A vote in a real browser: by keyboard alone in Arabic on a phone without JavaScript, and every page of it before axe."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page as Tab, expect

from measures import ballots, services
from measures.enums import Choice, MeasureState, Secrecy
from measures.models import Ballot, Vote
from measures.services import voting
from tests.browser.test_walk import RULES, problems
from tests.browser.walk import DESKTOP, PHONE, chromium, context_of
from tests.factories import measures as make
from tests.factories.network import coordinator

pytestmark = [pytest.mark.browser, pytest.mark.once]

# Where to put pictures, when somebody wants to look.
PICTURES = os.environ.get("JISR_SCREENSHOTS", "")


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
            "اعتراض واحد يكفي لإيقافه الآن. تذكر السبب، وأمام الكاتبين أسبوعان ليجدوا نصًّا تقبل به."
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


def closed(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    """Close a vote whose time is over for the one who counts."""
    with monkeypatch.context() as later:
        later.setattr(voting.timezone, "now", lambda: vote.closes_at)
        services.close_vote(vote=vote)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_page_of_a_vote_is_sound(people, server, language, monkeypatch):
    open_ = make.opened(people)
    make.cast(open_, people["east"][:1])
    mediated = make.opened(people)
    named = make.opened(people, secrecy=Secrecy.NAMED)
    small = make.opened(people)
    for vote in (mediated, named):
        for voters in people.values():
            make.cast(vote, voters)
    make.cast(mediated, people["south"][:1], Choice.BLOCK, "It leaves the clinics of the south out.")
    make.cast(mediated, [people["east"][0], people["west"][0]], Choice.ABSTAIN)
    make.cast(small, people["east"][:4])
    make.cast(small, people["west"])
    for vote in (mediated, named, small):
        closed(vote, monkeypatch)
    mediated.measure.refresh_from_db()
    assert mediated.measure.state == MeasureState.MEDIATION
    draft = make.compared(people["west"][0])
    national = coordinator(None)
    confirm = {f"{what}-{side}": 40 for what in ("quorum", "threshold") for side in ("east", "west", "south", "abroad")}
    close = open_.closes_at.strftime("%Y-%m-%dT%H:%M")
    query = "&".join(f"{name}={value}" for name, value in confirm.items())
    query += f"&method=consensus&secrecy=secret&electorate=members&closes_at={close}"
    looks = [
        ("open", national, f"{draft.slug}/open/"),
        ("open-wrong", national, f"{draft.slug}/open/?{query}&method=consent&agree-east=9&block-west=1"),
        ("confirm", national, f"{draft.slug}/open/?{query}&confirm=1"),
        ("vote-voted", people["east"][0].user, f"{open_.measure.slug}/vote/"),
        ("vote", people["west"][0].user, f"{open_.measure.slug}/vote/"),
        ("receipt", people["west"][0].user, f"{open_.measure.slug}/receipt/"),
        ("outcome-mediation", people["east"][0].user, f"{mediated.measure.slug}/outcome/"),
        ("objection", people["south"][0].user, f"{mediated.measure.slug}/objection/"),
        ("outcome-named", people["east"][0].user, f"{named.measure.slug}/outcome/"),
        ("outcome-public", None, f"{named.measure.slug}/outcome/"),
        ("outcome-small", people["east"][0].user, f"{small.measure.slug}/outcome/"),
        ("withdraw", national, f"{open_.measure.slug}/withdraw/"),
    ]
    failures = []
    with chromium() as browser:
        for width, viewport in {"390": PHONE, "1280": DESKTOP}.items():
            for name, user, path in looks:
                context = context_of(browser, server, user, viewport=viewport)
                tab = context.new_page()
                said: list[str] = []
                tab.on("console", lambda message, said=said: said.append(message.text))
                answer = tab.goto(f"/{language}/measures/{path}")
                where = f"{name} {language} {width}"
                if answer is None or answer.status != 200:
                    failures.append(f"{where}: {answer and answer.status}")
                if PICTURES:
                    Path(PICTURES).mkdir(parents=True, exist_ok=True)
                    tab.screenshot(path=Path(PICTURES) / f"{name}-{language}-{width}.png", full_page=True)
                failures += [f"{where}: {text}" for text in said if "Content Security Policy" in text]
                failures += [f"{where}: {problem}" for problem in problems(tab, axe=RULES)]
                context.close()
    assert not failures, "\n".join(failures)

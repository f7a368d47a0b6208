"""A real Chromium on a live server, signed in as any of the demo's people."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.services import chromium_binary

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE = 120_000
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's Chromium; it talks to nobody but the server of the test."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_binary(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def context_of(
    browser: Browser, server: str, user: Any = None, opened: Mapping[str, list[int]] | None = None, **options: Any
) -> BrowserContext:
    """Open a private window, signed in as `user`; the look-ups have opened these rows in it."""
    context = browser.new_context(base_url=server, timezone_id="Africa/Tripoli", **options)
    # A machine that is busy with other tests is slow, and not wrong.
    context.set_default_timeout(PATIENCE)
    client = Client()
    if user is not None:
        client.force_login(user)
    if opened:
        session = client.session
        session.update(opened)
        session.save()
    if settings.SESSION_COOKIE_NAME in client.cookies:
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
    return context

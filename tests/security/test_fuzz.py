"""Whatever is typed into a form or an address: no fault, nothing of the inside, nothing unescaped."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation
from hypothesis import HealthCheck, given, settings, strategies as st

from dialogues.models import Session, Site
from network.admin_scoping import FILTER_LOOKUPS
from network.models import Practitioner
from notifications.models import Message
from tests.security import world as worlds
from tests.security.forms_read import form_of

pytestmark = pytest.mark.django_db
MARK = "<qz\"'>"
HOSTILE = [
    "", " ", "0", "-1", "9" * 30, "9" * 5000, "1e9", "٩٩٩", "007", "NaN", "None", "null", "true", "\x00", "a\x00b", "\x1b[31m",
    "\u202eabc", "\u200b", "\ufeff", "’; DROP TABLE x;--", "' OR '1'='1", "%", "%00", "\\", "{{ 7*7 }}", "{% debug %}",
    "${jndi:x}", "../../etc/passwd", "javascript:alert(1)", "//evil.example", "https://evil.example/", "2026-02-30", "2026-13",
    "99999-01-01", "0000-00", "25:61", "a" * 10_000, "ا" * 3_000, "a@b", "a@" + "b" * 300 + ".ly", "\r\nX-Evil: 1", "\n" * 50,
    "😀" * 40, "e\u0301" * 40, "[]", "{}", "__proto__", "a,b,c", "1,2", "id", "-id", "?", "&x=1", "#",
]  # fmt: skip
ALPHABET = st.characters(exclude_categories=["Cs"])
VALUE = st.one_of(
    st.sampled_from(HOSTILE),
    st.sampled_from(HOSTILE).map(lambda text: MARK + text),
    st.text(ALPHABET, max_size=40),
    st.text(ALPHABET, max_size=20).map(lambda text: text + MARK),
    st.lists(st.sampled_from(HOSTILE), max_size=3),
)
moderately = settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
often = settings(moderately, max_examples=30)
INSIDE = re.compile(r"Traceback|OperationalError|DataError|site-packages|settings\.SECRET")
LISTS = ("q", "page", "p", "o", "e", "all", "_popup", "_to_field", "_changelist_filters", "month", "kind", "when")
ASKED = ("__exact", "__id__exact", "__isnull", "__gte", "__lt", "__year", "__month", "__day", "__in", "")


@pytest.fixture(autouse=True)
def _quick_passwords() -> Iterator[None]:
    with (
        override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]),
        translation.override("en"),
    ):
        yield
    cache.clear()


@pytest.fixture(scope="module")
def small_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[worlds.World]:
    """One world for all of these tests, none of which keeps what it writes."""
    with django_db_blocker.unblock(), transaction.atomic():
        with translation.override("en"):
            world = worlds.build()
        yield world
        transaction.set_rollback(True)


def as_(world: worlds.World, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who:
        client.force_login(world.people[who].user)
    return client


def holds(answer: HttpResponse, sent: Any) -> None:
    """Check one answer."""
    assert answer.status_code < 500, sent
    text = answer.content.decode(errors="replace")
    assert not INSIDE.search(text), sent
    assert MARK not in text, sent
    assert "X-Evil" not in answer.headers
    location = answer.headers.get("Location", "/")
    assert not re.match(r"(?:[a-z]+:)?//(?!testserver)", location), sent


def get(client: Client, url: str, asked: dict[str, Any]) -> None:
    with transaction.atomic():
        holds(client.get(f"{url}?{urlencode(asked, doseq=True)}"), asked)
        transaction.set_rollback(True)


def post(client: Client, url: str, data: dict[str, Any], **headers: str) -> None:
    cookies = client.cookies.copy()
    cache.clear()
    with transaction.atomic():
        holds(client.post(url, data, headers=headers), data)
        transaction.set_rollback(True)
    client.cookies = cookies


def some_of(names: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(sorted(names)), VALUE, min_size=1, max_size=4)


@pytest.mark.parametrize("who", ["", "west:member", "west:coordinator"])
@pytest.mark.parametrize("name", ["home", "dialogues:session_list", "network:people", "network:me", "network:conduct"])
def test_parameters_of_the_website(who: str, name: str, small_world: worlds.World) -> None:
    client, url = as_(small_world, who), reverse(name)
    fields = set(form_of(client.get(url).content.decode())) | {
        *LISTS,
        "district",
        "profession",
        "specialty",
        "side",
        "mine",
    }

    @moderately
    @given(some_of(fields))
    def ask(asked: dict[str, Any]) -> None:
        get(client, url, asked)

    ask()


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password", "account_logout"])
def test_where_to_go_next(name: str, small_world: worlds.World) -> None:
    client, url = as_(small_world, ""), reverse(name)

    @moderately
    @given(some_of({"next", "q", "key"}))
    def ask(asked: dict[str, Any]) -> None:
        get(client, url, asked)
        post(client, f"{url}?{urlencode(asked, doseq=True)}", {"login": "a@example.org", "password": "x"} | asked)

    ask()


FORMS = {
    "sign-up": ("account_signup", ""),
    "login": ("account_login", ""),
    "reset": ("account_reset_password", ""),
    "apply": ("network:profile", "newcomer"),
    "profile": ("network:profile", "west:member"),
    "notices": ("network:notifications", "west:member"),
    "privacy": ("network:privacy", "west:member"),
    "leave": ("network:leave", "west:member"),
    "conduct": ("network:conduct_accept", "west:member"),
    "e-mail": ("account_email", "west:member"),
    "telephone": ("account_change_phone", "west:member"),
    "password": ("account_change_password", "west:member"),
    "second factor": ("mfa_activate_totp", "west:member"),
}


@pytest.mark.parametrize("form", FORMS)
def test_forms_of_the_website(form: str, small_world: worlds.World) -> None:
    name, who = FORMS[form]
    client, url = as_(small_world, "" if who == "newcomer" else who), reverse(name)
    if who == "newcomer":
        Practitioner.objects.filter(pk=small_world.people["west:declined"].pk)
        client.force_login(small_world.people["west:declined"].user)
    kept = form_of(client.get(url, follow=True).content.decode()) or {"accept": "on"}
    fields = set(kept) | {
        "password1",
        "code",
        "action",
        "sure",
        "phone",
        "sha256",
        "language",
        "languages",
        "municipality",
    }

    @moderately
    @given(some_of(fields))
    def send(typed: dict[str, Any]) -> None:
        post(client, url, {**kept, **typed})

    send()


@pytest.mark.parametrize(
    "page", ["session_register", "session_withdraw", "offer_accept", "offer_decline", "session_detail"]
)
def test_pages_of_a_session(page: str, small_world: worlds.World) -> None:
    client = as_(small_world, "west:member")
    url = reverse(f"dialogues:{page}", args=[small_world.sessions["west:coming"].slug])

    @moderately
    @given(some_of({"site", "next", "sure", "practitioner", "q"}))
    def send(typed: dict[str, Any]) -> None:
        post(client, url, typed)
        get(client, url, typed)

    send()


@moderately
@given(part=st.one_of(st.sampled_from(HOSTILE), st.text(ALPHABET, min_size=1, max_size=30)))
@pytest.mark.parametrize(
    "base", ["/ar/", "/en/sessions/", "/ar/admin/", "/ar/admin/network/practitioner/", "/en/accounts/"]
)
def test_addresses(base: str, part: str, small_world: worlds.World) -> None:
    client = as_(small_world, "west:coordinator")
    with transaction.atomic():
        holds(client.get(f"{base}{quote(part[:500])}/"), part[:80])
        transaction.set_rollback(True)


# --- the desk -----------------------------------------------------------------------------------------------------------


def filters_of(page: Any) -> list[str]:
    """Return the names of the parameters by which a list is filtered."""
    named = [entry[0] if isinstance(entry, tuple) else entry for entry in page.list_filter]
    return [entry.parameter_name if isinstance(entry, type) else entry for entry in named]


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_lists_of_the_desk(model: Any, small_world: worlds.World) -> None:
    client = as_(small_world, "west:national")
    page = admin.site._registry[model]
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    names = [*filters_of(page), *([page.date_hierarchy] if page.date_hierarchy else [])]
    fields = {*LISTS, *(f"{name}{end}" for name in names for end in ASKED)}

    @moderately
    @given(some_of(fields))
    def ask(asked: dict[str, Any]) -> None:
        get(client, url, asked)

    ask()


@pytest.mark.parametrize("value", ["\x00", "9" * 30, "99999", "-1", "a"])
@pytest.mark.parametrize("model", [Session, Practitioner, Message], ids=lambda model: model.__name__)
def test_filters_of_the_desk_one_by_one(model: Any, value: str, small_world: worlds.World) -> None:
    client, page = as_(small_world, "west:national"), admin.site._registry[model]
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for name in filters_of(page):
        for end in FILTER_LOOKUPS:
            get(client, url, {f"{name}{end}": value})


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_new_rows_of_the_desk(model: Any, small_world: worlds.World) -> None:
    client = as_(small_world, "west:coordinator" if model.__name__ == "Session" else "west:national")
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
    answer = client.get(url)
    kept = form_of(answer.content.decode()) if answer.status_code == 200 else {}
    fields = set(kept) | {"_save", "_popup", "_continue", "_addanother", "_saveasnew", "_to_field"}

    @moderately
    @given(some_of(fields))
    def send(typed: dict[str, Any]) -> None:
        post(client, url, {**kept, "_save": "1", **typed})

    send()


def test_a_session_that_is_changed(small_world: worlds.World) -> None:
    client = as_(small_world, "west:coordinator")
    url = reverse("admin:dialogues_session_change", args=[small_world.sessions["west:coming"].pk])
    kept = form_of(client.get(url).content.decode())

    @often
    @given(some_of(kept))
    def send(typed: dict[str, Any]) -> None:
        post(client, url, {**kept, "_save": "1", **typed})

    send()


@pytest.mark.parametrize("page", ["attendance", "people", "sheet"])
def test_pages_of_a_session_at_the_desk(page: str, small_world: worlds.World) -> None:
    client, session = as_(small_world, "west:coordinator"), small_world.sessions["west:running"]
    url = reverse(f"admin:dialogues_session_{page}", args=[session.pk])
    rows = [str(pk) for pk in session.registrations.values_list("pk", flat=True)]
    steps = st.sampled_from(["mark", "seat", "remove", "walk-in", "close", "reopen", "register", "withdraw", "", MARK])
    site = Site.objects.filter(session=session).values_list("pk", flat=True).first()
    fields = {"row", "present", "was", "site", "practitioner", "walk_in", "name", "phone", "region", "reason", "q"}

    @often
    @given(steps, some_of(fields), st.booleans())
    def send(step: str, typed: dict[str, Any], fetch: bool) -> None:
        data = {"row": rows, "present": rows[:1], "site": site, **typed, "do": step}
        post(client, url, data, **({"x-requested-with": "fetch"} if fetch else {}))
        get(client, url, typed)

    send()


@pytest.mark.parametrize("page", ["attendance", "people"])
@pytest.mark.parametrize("name", ["row", "present", "was", "site", "practitioner", "walk_in", "region"])
def test_ids_that_are_none(page: str, name: str, small_world: worlds.World) -> None:
    """Each name with each value, since ids are what these pages live on."""
    client, session = as_(small_world, "west:coordinator"), small_world.sessions["west:running"]
    url = reverse(f"admin:dialogues_session_{page}", args=[session.pk])
    row, site = session.registrations.values_list("pk", "site").first() or (0, 0)
    steps = {"row": "mark", "present": "mark", "was": "mark", "walk_in": "remove", "region": "walk-in"}
    for value in ("", "-1", "9" * 30, "9" * 5000, "٩", "1e9", "NaN", "\x00", MARK, f"00{row}", f"+{row}", f"{row}.0"):
        usual = {
            "row": str(row),
            "site": site,
            "practitioner": small_world.people["west:member"].pk,
            "name": "Somebody",
        }
        step = steps.get(name, "seat" if page == "attendance" else "register")
        post(client, url, {**usual, name: value, "do": step})


@pytest.mark.parametrize("move", ["decline", "suspend", "verify", "reinstate"])
def test_reasons_of_decisions(move: str, small_world: worlds.World) -> None:
    client = as_(small_world, "west:coordinator")
    person = small_world.people["west:applied" if move in ("decline", "verify") else "west:member"]
    url = reverse(f"admin:network_practitioner_{move}", args=[person.pk])

    @moderately
    @given(VALUE)
    def send(reason: Any) -> None:
        post(client, url, {"reason": reason})

    send()


def test_autocomplete(small_world: worlds.World) -> None:
    client, url = as_(small_world, "west:coordinator"), reverse("admin:autocomplete")
    usual = {"app_label": "dialogues", "model_name": "session", "field_name": "facilitators", "term": "q"}

    @moderately
    @given(some_of({*usual, "page"}))
    def ask(asked: dict[str, Any]) -> None:
        get(client, url, usual | asked)

    ask()

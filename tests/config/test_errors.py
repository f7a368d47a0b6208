"""What goes wrong is said on pages of our own, in the reader's language, and the journal refuses every change."""

import re
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from network.models import Transition, User
from network.models.journal import AppendOnly
from tests.factories.network import UserFactory

LANGUAGES = ("ar", "en")


def browser(**options: Any) -> Client:
    return Client(raise_request_exception=False, **options)


def at(name: str, language: str) -> str:
    with translation.override(language):
        return reverse(name)


def is_ours(answer: HttpResponse, status: int, language: str, *, policy: bool = True) -> None:
    """Check that a page of an error is our own, in that language, without anything about the inside, and not kept by anybody."""
    text = answer.content.decode()
    title = re.search(r"<h1>(.*?)</h1>", text)
    assert answer.status_code == status
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}"' in text
    assert title
    assert bool(re.search("[\u0600-\u06ff]", title.group(1))) is (language == "ar")
    assert not re.search(r"Traceback|Exception|Error at|settings\.|/site-packages/|Django", text)
    assert "public" not in answer.headers.get("Cache-Control", "")
    assert not policy or "default-src 'none'" in answer.headers["Content-Security-Policy"]


def broken(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("secret inside")


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["nothing/at/all/", "sessions/no-such-session/", "sessions/x/calendar.ics"])
def test_a_page_that_is_not_there(path: str, language: str) -> None:
    is_ours(browser().get(f"/{language}/{path}"), 404, language)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/wp-login.php", "/.env", "/ar", "/en/%00", "/ar/sessions/%0a/", "/static/nothing.css"]
)
def test_a_page_that_never_was(path: str) -> None:
    answer = browser().get(path)

    assert answer.status_code in (301, 302, 404)
    assert "Traceback" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_ours(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.selectors.conduct_in_force", broken)
    answer = browser().get(at("network:conduct", language))

    is_ours(answer, 500, language)
    assert b"secret inside" not in answer.content


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_a_fault_asks_no_database(language: str) -> None:
    """Without the database fixture every query fails, as it does when the database is away."""
    answer = browser().get(at("network:conduct", language))

    is_ours(answer, 500, language)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_from_elsewhere(language: str) -> None:
    answer = browser(enforce_csrf_checks=True).post(at("account_login", language), {"login": "a@example.org"})

    is_ours(answer, 403, language)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_from_another_site(language: str) -> None:
    visitor = browser(enforce_csrf_checks=True)
    token = re.search(
        r'csrfmiddlewaretoken" value="([^"]+)', visitor.get(at("account_login", language)).content.decode()
    )
    assert token
    data = {"login": "a@example.org", "password": "x", "csrfmiddlewaretoken": token.group(1)}

    is_ours(
        visitor.post(at("account_login", language), data, headers={"origin": "https://evil.example"}), 403, language
    )
    assert visitor.post(at("account_login", language), data).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "a b", "[::1"])
def test_another_host_s_name(host: str, language: str) -> None:
    answer = browser().get(f"/{language}/", headers={"host": host})

    # Refused before anything else is asked, the policy included.
    is_ours(answer, 400, language, policy=False)
    assert b"evil" not in answer.content


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_too_many_fields(language: str, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 5
    answer = browser().post(at("account_login", language), {f"field{n}": "x" for n in range(9)})

    is_ours(answer, 400, language)


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_too_much_text(language: str, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = browser().post(f"/{language}/accounts/login/", "login=" + "x" * 5000, "application/x-www-form-urlencoded")

    is_ours(answer, 400, language)


@pytest.mark.parametrize("code", ["400", "403", "404", "403_csrf", "429", "500"])
def test_every_page_of_an_error_has_its_template(code: str, settings: Any) -> None:
    assert (settings.BASE_DIR / "templates" / f"{code}.html").exists()


# --- the journal --------------------------------------------------------------------------------------------------------


@pytest.fixture
def step(db: None) -> Transition:
    return Transition.objects.create(
        subject_type="network.practitioner",
        subject_id=1,
        move="decline",
        from_state="applied",
        to_state="declined",
        by=UserFactory(),
        at=timezone.now(),
        reason="because",
        changes={"fields": ["name"]},
    )


def refused(sql: str, *values: Any) -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql, values)
    except DatabaseError as error:
        return "append-only" in str(error)
    return False


CHANGES = {
    "subject_type": "other",
    "subject_id": 2,
    "move": "verify",
    "from_state": "",
    "to_state": "active",
    "by_id": None,
    "at": "2020-01-01 00:00:00+00:00",
    "reason": "another reason",
    "changes": '{"fields": ["other"]}',
    "id": 999_999,
}


@pytest.mark.parametrize("column", CHANGES)
def test_the_database_refuses_to_change_a_step(step: Transition, column: str) -> None:
    assert refused(f"UPDATE network_transition SET {column} = %s WHERE id = %s", CHANGES[column], step.pk)


def test_every_column_of_a_step_is_tried() -> None:
    assert set(CHANGES) == {column.column for column in Transition._meta.concrete_fields}


def test_the_database_refuses_to_delete_steps(step: Transition) -> None:
    assert refused("DELETE FROM network_transition WHERE id = %s", step.pk)
    assert refused("DELETE FROM network_transition")
    assert Transition.objects.filter(pk=step.pk).exists()


def test_words_of_a_step_can_be_emptied_and_not_filled_again(step: Transition) -> None:
    Transition.objects.of(User(pk=0)).empty_words()
    assert not refused("UPDATE network_transition SET reason = '', changes = '{}' WHERE id = %s", step.pk)
    assert refused("UPDATE network_transition SET reason = 'because' WHERE id = %s", step.pk)


def test_models_refuse_before_the_database_does(step: Transition) -> None:
    for change in (
        step.save,
        step.delete,
        Transition.objects.all().delete,
        lambda: Transition.objects.update(move="x"),
    ):
        with pytest.raises(AppendOnly):
            change()


def test_whoever_made_a_step_cannot_be_deleted(step: Transition) -> None:
    def delete() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DELETE FROM network_user WHERE id = %s", [step.by_id])
            connection.check_constraints()

    with pytest.raises(DatabaseError):
        delete()

"""Accounts from sign-up to second factor, and that nobody learns from them who has one."""

import re
import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from network.enums import Role
from network.models import User
from notifications import render
from notifications.kinds import Contact
from notifications.models import Message
from tests.factories.network import PractitionerFactory, RegionFactory, RoleGrantFactory, UserFactory
from tests.security.urls_walked import walk

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-passphrase-7"
KNOWN, UNKNOWN = "known@example.org", "unknown@example.org"
LANGUAGES = ("ar", "en")
VARIABLE = re.compile(r'(csrfmiddlewaretoken" value=")[^"]*|(known|unknown)@example\.org|\+21891[0-9]{7}|091[0-9]{7}')
INLINE = re.compile(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture(autouse=True)
def _no_memory_of_attempts() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def member(db: None) -> User:
    return account(KNOWN, phone="+218912345678", phone_verified=True)


def account(email: str, **fields: Any) -> User:
    user = User.objects.create_user(email, PASSWORD, language="en", **fields)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def at(name: str, language: str = "en") -> str:
    with translation.override(language):
        return reverse(name)


def last(channel: str = "email") -> Message:
    return Message.objects.filter(channel=channel).latest("pk")


def words_of(message: Message) -> str:
    """Return a notice as its reader gets it."""
    contact = Contact(0, "", message.address, message.address, message.language, message.discreet)
    if message.channel == "sms":
        return render.sms(message, contact)
    mail = render.email(message, contact)
    return f"{mail.subject}\n{mail.body}"


def sign_up(client: Client, email: str, phone: str = "", language: str = "en") -> HttpResponse:
    return client.post(at("account_signup", language), {"email": email, "phone": phone, "password1": PASSWORD})


def log_in(client: Client, email: str = KNOWN, password: str = PASSWORD, language: str = "en") -> HttpResponse:
    return client.post(at("account_login", language), {"login": email, "password": password})


# --- joining ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_sign_up_proves_the_address_by_a_code_in_the_language_of_the_page(client: Client, language: str) -> None:
    answer = sign_up(client, "New@Example.org", language=language)
    code = last().context["code"]

    assert answer.headers["Location"] == at("account_email_verification_sent", language)
    assert code in words_of(last())
    assert (last().language, last().address) == (language, "new@example.org")
    wrong = client.post(answer.headers["Location"], {"code": "XXXX-XXXX"})
    assert wrong.status_code == 200
    assert client.get(at("network:me", language)).status_code == 302
    right = client.post(answer.headers["Location"], {"code": code})
    assert right.headers["Location"] == at("network:me", language)
    assert client.get(at("network:me", language)).status_code == 200
    user = User.objects.get(email="new@example.org")
    assert (user.language, user.phone, user.is_staff) == (language, None, False)


@pytest.mark.parametrize("typed", ["091 234 5678", "٠٩١٢٣٤٥٦٧٨", "+218912345678", "00218 91-2345678"])
def test_a_telephone_number_is_proved_by_sms_however_it_was_typed(client: Client, typed: str) -> None:
    page = sign_up(client, "new@example.org", typed).headers["Location"]
    code = last("sms").context["code"]

    assert page == at("account_verify_phone")
    assert last("sms").address == "+218912345678"
    assert code in words_of(last("sms"))
    page = client.post(page, {"code": code}).headers["Location"]
    client.get(page)
    client.post(page, {"code": last().context["code"]})
    assert User.objects.values_list("phone", "phone_verified").get() == ("+218912345678", True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_a_number_or_an_address_gets_a_sentence_and_keeps_what_was_typed(
    client: Client, language: str
) -> None:
    answer = client.post(at("account_signup", language), {"email": "no", "phone": "12", "password1": "short"})

    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"email", "phone", "password1"}
    assert 'value="12"' in answer.content.decode()
    assert not User.objects.exists()
    assert not Message.objects.exists()


def test_the_last_wrong_code_ends_the_attempt(client: Client) -> None:
    page = sign_up(client, "new@example.org").headers["Location"]
    for _ in range(4):
        client.post(page, {"code": "XXXX-XXXX"})

    assert client.post(page, {"code": last().context["code"]}).headers["Location"] == at("account_login")
    assert client.get(at("network:me")).status_code == 302


def test_a_forgotten_password_is_set_anew_with_a_code(client: Client, member: User) -> None:
    page = client.post(at("account_reset_password"), {"email": KNOWN}).headers["Location"]
    page = client.post(page, {"code": last().context["code"]}).headers["Location"]
    client.post(page, {"password1": "quite-another-word-9", "password2": "quite-another-word-9"})

    assert log_in(Client(), password="quite-another-word-9").status_code == 302
    assert log_in(Client()).status_code == 200


def test_a_changed_password_is_told_and_ends_the_other_sessions(client: Client, member: User) -> None:
    elsewhere = Client()
    log_in(client)
    log_in(elsewhere)
    client.post(
        at("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "quite-another-word-9", "password2": "quite-another-word-9"},
    )

    assert last().context["event"] == "password_changed"
    assert client.get(at("network:me")).status_code == 200
    assert elsewhere.get(at("network:me")).status_code == 302


# --- nobody learns who has an account -----------------------------------------------------------------------------------

ASKED: dict[str, tuple[str, Any]] = {
    "login": ("account_login", lambda email: {"login": email, "password": "wrong-passphrase"}),
    "sign-up": ("account_signup", lambda email: {"email": email, "phone": "", "password1": PASSWORD}),
    "reset": ("account_reset_password", lambda email: {"email": email}),
}


def same(answer: HttpResponse) -> tuple[Any, ...]:
    return answer.status_code, answer.headers.get("Location"), VARIABLE.sub("", answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("asked", ASKED)
def test_known_and_unknown_get_the_same_answer_and_the_same_next_page(member: User, asked: str, language: str) -> None:
    name, data = ASKED[asked]
    told = []
    for email in (KNOWN, UNKNOWN):
        visitor = Client()
        first = visitor.post(at(name, language), data(email))
        follow = visitor.get(first.headers["Location"]) if "Location" in first.headers else first
        wrong = visitor.post(first.headers["Location"], {"code": "XXXX-XXXX"}) if "Location" in first.headers else first
        told.append((same(first), same(follow), same(wrong), sorted(visitor.cookies)))

    assert told[0] == told[1]
    assert asked == "login" or Message.objects.filter(address=KNOWN).count() == 1
    assert asked == "login" or Message.objects.filter(address=UNKNOWN).count() == 1


def test_a_number_that_somebody_has_gets_the_same_answer(member: User) -> None:
    told = []
    for number, phone in enumerate(("0912345678", "0919876543")):
        visitor = Client()
        first = sign_up(visitor, f"new{number}@example.org", phone)
        told.append((same(first), same(visitor.get(first.headers["Location"]))))

    assert told[0] == told[1]
    assert set(Message.objects.filter(channel="sms").values_list("address", flat=True)) == {
        "+218912345678",
        "+218919876543",
    }


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_asking_for_the_code_again_tells_nothing(member: User, channel: str) -> None:
    told = []
    for number, (email, phone) in enumerate(((KNOWN, "0912345678"), (UNKNOWN, "0919876543"))):
        visitor = Client()
        given = (f"x{number}@example.org", phone) if channel == "sms" else (email, "")
        page = sign_up(visitor, *given).headers["Location"]
        cache.clear()
        told.append(same(visitor.post(page, {"action": "resend"})))

    assert told[0] == told[1]


# Alone, so that nothing else takes the time that is compared.
@pytest.mark.heavy
@pytest.mark.once
@pytest.mark.parametrize("asked", ASKED)
def test_known_and_unknown_take_about_the_same_time(
    member: User, asked: str, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = dict.fromkeys(
        ("login", "login_failed", "signup", "confirm_email", "reset_password", "verify_phone")
    )
    name, data = ASKED[asked]
    took: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
    for number in range(14):
        # By turns, so that whatever else the machine does weighs on both.
        for email, measured in took.items():
            given = email if email == KNOWN or asked != "sign-up" else f"unknown{number}@example.org"
            visitor = Client()
            began = time.perf_counter()
            visitor.post(at(name), data(given))
            measured.append(time.perf_counter() - began)
    medians = {email: statistics.median(measured[2:]) for email, measured in took.items()}
    ratio = max(medians.values()) / min(medians.values())

    with capsys.disabled():
        print(f"\n{asked}: known {medians[KNOWN] * 1000:.1f} ms, unknown {medians[UNKNOWN] * 1000:.1f} ms", end="")
    # Hashing a password takes a hundred times what the rest does: whether it is done shows at once.
    assert ratio < 2


def test_after_too_many_wrong_passwords_even_the_right_one_waits(client: Client, member: User) -> None:
    answers = [log_in(client, password=f"wrong-{number}") for number in range(5)]

    assert {answer.status_code for answer in answers} == {200}
    assert log_in(client).status_code == 200
    assert client.get(at("network:me")).status_code == 302


@pytest.mark.parametrize("language", LANGUAGES)
def test_whoever_asks_too_often_gets_a_page_of_ours(client: Client, language: str, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    log_in(client, language=language)
    answer = log_in(client, language=language)

    assert answer.status_code == 429
    assert f'<html lang="{language}"' in answer.content.decode()
    assert "429.html" in [template.name for template in answer.templates]


@pytest.mark.parametrize("language", LANGUAGES)
def test_many_codes_from_one_address_get_the_same_page(client: Client, language: str) -> None:
    answers = [sign_up(Client(), f"n{n}@example.org", f"091234567{n}", language=language).status_code for n in range(6)]

    assert set(answers) <= {302, 429}
    assert answers[0] == 302


# --- staff --------------------------------------------------------------------------------------------------------------


def coordinator() -> User:
    user = account("staff@example.org")
    region = RegionFactory(code="west")
    PractitionerFactory(user=user, region=region)
    RoleGrantFactory(user=user, role=Role.REGIONAL_COORDINATOR, region=region)
    return user


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def with_second_factor(user: User, secret: str = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP") -> str:
    TOTP.activate(user, secret)
    return secret


def test_staff_without_a_second_factor_are_sent_to_set_it_up(client: Client) -> None:
    coordinator()
    log_in(client, "staff@example.org")

    for name in ("admin:index", "admin:network_practitioner_changelist", "admin:jsi18n"):
        assert client.get(at(name)).headers["Location"] == at("mfa_activate_totp")
    assert client.post(at("admin:dialogues_session_add"), {}).headers["Location"] == at("mfa_activate_totp")


def test_staff_set_up_a_second_factor_and_enter(client: Client) -> None:
    user = coordinator()
    log_in(client, "staff@example.org")
    page = client.get(at("mfa_activate_totp"))
    if page.status_code == 302:
        client.post(at("account_reauthenticate"), {"password": PASSWORD})
        page = client.get(at("mfa_activate_totp"))
    secret = page.context["form"].secret
    client.post(at("mfa_activate_totp"), {"code": totp_code(secret)})

    assert client.get(at("admin:index")).status_code == 200
    kept = " ".join(str(data) for data in Authenticator.objects.filter(user=user).values_list("data", flat=True))
    assert secret in page.content.decode()
    assert secret not in kept
    assert "otp" not in kept.lower().replace("totp", "")


def test_the_password_alone_does_not_log_staff_in(client: Client) -> None:
    secret = with_second_factor(coordinator())
    answer = log_in(client, "staff@example.org")

    assert answer.headers["Location"] == at("mfa_authenticate")
    assert client.get(at("admin:index")).headers["Location"].startswith(at("admin:login")) or client.get(
        at("admin:index")
    ).headers["Location"].startswith(at("account_login"))
    assert client.post(answer.headers["Location"], {"code": "000000"}).status_code == 200
    assert client.post(answer.headers["Location"], {"code": totp_code(secret)}).status_code == 302
    assert client.get(at("admin:index")).status_code == 200


def test_a_new_password_does_not_go_round_the_second_factor(client: Client) -> None:
    with_second_factor(coordinator())
    page = client.post(at("account_reset_password"), {"email": "staff@example.org"}).headers["Location"]
    page = client.post(page, {"code": last().context["code"]}).headers["Location"]
    client.post(page, {"password1": "quite-another-word-9", "password2": "quite-another-word-9"})

    assert client.get(at("admin:index")).status_code == 302
    assert client.get(at("network:me")).status_code == 302


def test_the_door_of_the_admin_is_the_website_s_login(client: Client, member: User) -> None:
    anonymous = client.get(at("admin:login"), follow=True)
    typed = client.post(at("admin:login"), {"username": KNOWN, "password": PASSWORD})
    log_in(client)

    assert anonymous.redirect_chain[-1][0].startswith(at("account_login"))
    assert typed.status_code == 302
    assert client.get(at("admin:index"), follow=True).status_code == 404
    assert client.get(at("admin:logout")).status_code == 302


def test_secrets_are_not_kept_in_plain_text() -> None:
    user = coordinator()
    secret = with_second_factor(user)

    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    assert TOTP(Authenticator.objects.get(user=user)).validate_code(totp_code(secret))


# --- pages --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", ["anonymous", "member", "staff"])
def test_no_page_needs_what_the_content_security_policy_forbids(who: str, language: str) -> None:
    visitor = Client()
    if who == "member":
        visitor.force_login(PractitionerFactory(user=UserFactory(language=language)).user)
    elif who == "staff":
        user = coordinator()
        with_second_factor(user)
        visitor.force_login(user)
    seen = 0
    for address in walk():
        if not address.name or address.parameters:
            continue
        answer = visitor.get(at(address.name, language), headers={"accept-language": language})
        assert answer.status_code < 500, address.route
        if answer.headers.get("Content-Type", "").startswith("text/html") and answer.status_code == 200:
            seen += 1
            assert not INLINE.search(answer.content.decode()), address.route
            policy = answer.headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "default-src 'none'" in policy
    assert seen > {"anonymous": 8, "member": 12, "staff": 20}[who]

"""How allauth's accounts meet Jisr: every code and warning goes through the outbox, telephone numbers are kept as E.164."""

import uuid
from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from network import forms, services
from network.models import User
from notifications import outbox

CODES = frozenset({"email_confirmation_signup", "email_confirmation", "password_reset_code", "login_code"})
WORDS = {"unknown_account": "unknown", "account_already_exists": "exists"}
CODE_LASTS = timedelta(minutes=15)
WARNING_LASTS = timedelta(days=2)


class AccountAdapter(DefaultAccountAdapter):
    """Sends nothing itself: what allauth wants to say becomes a row of the outbox, for known and unknown addresses alike."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        event = template_prefix.rpartition("/")[2]
        words = "code" if event in CODES else WORDS.get(event, "changed")
        self._say(email, outbox.Channel.EMAIL, words, event, str(context.get("code", "")))

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **kwargs: Any) -> None:
        self._say(phone, outbox.Channel.SMS, "code", "phone", code)

    def send_unknown_account_sms(self, phone: str, **kwargs: Any) -> None:
        self._say(phone, outbox.Channel.SMS, "unknown", "phone", "")

    def send_account_already_exists_sms(self, phone: str) -> None:
        self._say(phone, outbox.Channel.SMS, "exists", "phone", "")

    @transaction.atomic
    def _say(self, address: str, channel: outbox.Channel, words: str, event: str, code: str) -> None:
        outbox.enqueue_to_address(
            "account",
            address=address,
            channel=channel,
            context={"words": words, "event": event, "code": code},
            dedup=uuid.uuid4().hex,
            expires_at=timezone.now() + (CODE_LASTS if words == "code" else WARNING_LASTS),
        )

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        user.language = (get_language() or settings.LANGUAGE_CODE)[:2]
        return super().save_user(request, user, form, commit)

    def phone_form_field(self, **kwargs: Any) -> Any:
        return forms.PhoneField(**kwargs)

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        services.set_phone(user=user, phone=phone, verified=verified)

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone_verified(self, user: User, phone: str) -> None:
        services.confirm_phone(user=user, phone=phone)

    def get_user_by_phone(self, phone: str) -> User | None:
        return User.objects.filter(phone=phone, phone_verified=True).first()


class MFAAdapter(DefaultMFAAdapter):
    """Keeps second-factor secrets encrypted, and the network's name out of the authenticator's list."""

    def encrypt(self, text: str) -> str:
        return Fernet(settings.MFA_KEY).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return Fernet(settings.MFA_KEY).decrypt(encrypted_text.encode()).decode()
        except InvalidToken as error:
            raise RuntimeError("MFA_KEY is not the key with which the second factors were kept.") from error

    def _get_site_name(self) -> str:
        return settings.SITE_HOST

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from network.models import User
from notifications import outbox


@transaction.atomic
def end_sessions(*, user: User) -> None:
    """End all open sessions of an account; reactivating it later brings none of them back."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])


@transaction.atomic
def keep_language(*, user: User, language: str) -> None:
    """Write notices to the person in this language from now on."""
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language


@transaction.atomic
def keep_zone(*, user: User, zone: str) -> None:
    """Tell the person times by their own clock too from now on."""
    User.objects.filter(pk=user.pk).update(zone=zone)
    user.zone = zone


@transaction.atomic
def set_discreet(*, user: User, discreet: bool) -> None:
    """Keep the network's name and business out of subjects, SMS and calendars of this person, or not."""
    User.objects.filter(pk=user.pk).update(discreet=discreet)
    user.discreet = discreet


@transaction.atomic
def keep_notices(*, user: User, language: str, discreet: bool, topics: Mapping[str, tuple[bool, bool]]) -> None:
    """Keep how a person wants to be told: language, discreet mode, and for each topic whether by e-mail and by SMS."""
    keep_language(user=user, language=language)
    set_discreet(user=user, discreet=discreet)
    for topic, (email, sms) in topics.items():
        outbox.set_preference(user.pk, topic, email=email, sms=sms)


@transaction.atomic
def set_phone(*, user: User, phone: str | None, verified: bool) -> None:
    """Keep the telephone number (E.164) of an account. A confirmed number belongs to one account."""
    User.objects.filter(pk=user.pk).update(phone=phone or None, phone_verified=bool(phone) and verified)
    user.refresh_from_db(fields=["phone", "phone_verified"])


@transaction.atomic
def confirm_phone(*, user: User, phone: str) -> None:
    """Mark a number as proved by a code; whoever else had it unproved loses it."""
    User.objects.filter(phone=phone, phone_verified=False).exclude(pk=user.pk).update(phone=None)
    set_phone(user=user, phone=phone, verified=True)

"""How a partner is reached: proved by a code, limited to what one contact can mean, and forgotten when all is over."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from needs import notices, policies, selectors
from needs.models import ContactProof, Delivery, Pledge
from needs.services import steps
from network.enums import DomainError
from network.services import record_edit
from notifications.outbox import Channel

CODE_DIGITS = 6


class SentTooOften(DomainError):
    message = _("So many codes were sent already that no further one is. Please write to us.")


class TooManyAtOnce(DomainError):
    message = _(
        "Please hand over first what you have pledged already. Pledges that can be under way at once: %(most)s."
    )


@dataclass(frozen=True, slots=True)
class Giver:
    """A partner, as they are reached: at least one of telephone (E.164) and e-mail."""

    name: str
    phone: str = ""
    email: str = ""

    @property
    def kept_email(self) -> str:
        return self.email.strip().lower()


def lock_contact(phone: str, email: str) -> None:
    """Let whoever pledges with the same contact at the same moment wait until this transaction is over.

    No row stands for a contact, so PostgreSQL locks a number that follows from it; SQLite lets nobody else write anyway.
    """
    if connection.vendor != "postgresql":
        return
    said = hashlib.sha256(f"needs.contact:{phone or email}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(said[:8], signed=True)])


def require_not_flooded(phone: str, email: str, now: datetime) -> None:
    """Refuse a further code to a contact that has never proved the last ones; it is locked. Raises SentTooOften."""
    waiting = Pledge.objects.unproved().of_contact(phone, email).filter(made_at__gt=now - policies.UNPROVED_KEPT)
    if waiting.count() >= policies.UNPROVED_AT_MOST:
        raise SentTooOften


def require_few(phone: str, email: str) -> None:
    """Refuse a contact that has pledged much and handed little over; it is locked. Raises TooManyAtOnce."""
    if Pledge.objects.counting().of_contact(phone, email).count() >= policies.COUNTING_AT_MOST:
        raise TooManyAtOnce(most=policies.COUNTING_AT_MOST)


def proof_hash(pledge: Pledge, code: str) -> str:
    return salted_hmac("needs.contact", f"{pledge.pk}:{code}", algorithm="sha256").hexdigest()


def send_proof(pledge: Pledge, at: datetime) -> None:
    """Send the code by SMS where there is a telephone, else by mail."""
    channel = Channel.SMS if pledge.phone else Channel.EMAIL
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    proof, new = ContactProof.objects.get_or_create(
        pledge=pledge, defaults={"channel": channel, "code_hash": proof_hash(pledge, code), "sent_at": at}
    )
    if not new:
        proof.code_hash, proof.sent_at, proof.tries, proof.sent = proof_hash(pledge, code), at, 0, proof.sent + 1
        proof.save(update_fields=["code_hash", "sent_at", "tries", "sent"])
    notices.tell_proof(pledge, code=code, again=proof.sent, expires_at=at + policies.PROOF_LASTS)


@transaction.atomic
def clear_unproved(*, now: datetime) -> int:
    """Erase the pledges whose contact was never proved, taken back or not, and the contact with them; return how many."""
    old = Pledge.objects.unproved().filter(made_at__lt=now - policies.UNPROVED_KEPT)
    return old.delete()[1].get(Pledge._meta.label, 0)


@transaction.atomic
def erase_contact(*, pledge: Pledge, now: datetime) -> Pledge:
    """Empty who pledged and who carried, once nobody has to reach them any more. Twice is the same as once."""
    _need, pledge = steps.lock_pledge(pledge.pk)
    if not selectors.contacts_to_erase(now).filter(pk=pledge.pk).exists():
        return pledge
    pledge.name = pledge.phone = pledge.email = ""
    pledge.erased_at = now
    pledge.save(update_fields=["name", "phone", "email", "erased_at"])
    Delivery.objects.filter(pledge=pledge).update(carrier="")
    record_edit(pledge, changed={"fields": ["name", "phone", "email"]}, by=None, at=now)
    return pledge

"""How a ballot is sealed and proved, without a person or a time in it: pure.

Three keyed hashes under SECRET_KEY, which is not in the database: `voter` hides the person behind the key of the vote, `digest` chains each
ballot to all before it, `seal` binds what was published to the chain. Whoever can only write to the database can forge none of them.
"""

import base64
import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

RECEIPT_LENGTH, RECEIPT_GROUP = 15, 5
# Those of base 32, in capitals: no 0 and no 1 that could be taken for a letter.
RECEIPT_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def new_key() -> str:
    return secrets.token_hex(32)


def _keyed(salt: str, said: str, secret: str | None = None) -> bytes:
    return salted_hmac(f"measures.{salt}", said, secret=secret, algorithm="sha256").digest()


def voter(key: str, practitioner_id: int) -> str:
    """Return how a person stands on the ballots of one vote; without its key nobody can tell."""
    return _keyed("voter", f"{key}:{practitioner_id}").hex()


def receipt(key: str, voter: str, nth: int) -> str:
    """Return the receipt of somebody's nth ballot: the same whenever they ask, until the key is thrown away."""
    return base64.b32encode(_keyed("receipt", f"{key}:{voter}:{nth}")).decode()[:RECEIPT_LENGTH]


def receipt_shown(receipt: str) -> str:
    """Return a receipt in groups, as it is written down."""
    return "-".join(receipt[start : start + RECEIPT_GROUP] for start in range(0, len(receipt), RECEIPT_GROUP))


def receipt_read(typed: str) -> str:
    """Return the receipt that somebody typed, "" for what can be none: any case, any dashes, 0 and 1 for the letters they resemble."""
    plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in typed[:60].upper())
    kept = "".join(c for c in plain if c.isalnum()).replace("0", "O").replace("1", "I")
    return kept if len(kept) == RECEIPT_LENGTH and set(kept) <= RECEIPT_LETTERS else ""


def receipt_hash(vote: str, receipt: str) -> str:
    """Return what a ballot keeps of a receipt; `vote` is the uid of the vote."""
    return hashlib.sha256(f"{vote}:{receipt}".encode()).hexdigest()


def _said(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)


def genesis(rules: Mapping[str, Any], *, secret: str | None = None) -> str:
    """Return the digest that the first ballot follows: of everything that was frozen when the vote was opened."""
    return _keyed("genesis", _said(rules), secret).hex()


def digest(previous: str, ballot: Mapping[str, Any], *, secret: str | None = None) -> str:
    """Return the digest of a ballot that follows `previous`."""
    return _keyed("ballot", f"{previous}\n{_said(ballot)}", secret).hex()


def seal(head: str, outcome: Mapping[str, Any], *, secret: str | None = None) -> str:
    """Return what binds a published outcome to the last ballot."""
    return _keyed("outcome", f"{head}\n{_said(outcome)}", secret).hex()


def secrets_tried() -> list[str]:
    """Return the keys under which something may have been sealed: the present one, and those before it."""
    return [str(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def same(one: str, other: str) -> bool:
    return compare_digest(one, other)

"""What can be told: each app registers the kinds of its notices when it is ready."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from notifications.enums import Channel


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached now, as the address book tells it."""

    id: int
    name: str
    email: str
    phone: str
    language: str
    discreet: bool
    # The IANA name of the zone in which they live, "" for the network's own.
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    filename: str
    content: bytes
    content_type: str


class Attach(Protocol):
    def __call__(self, *, context: dict[str, Any], contact: Contact, discreet: bool) -> Iterable[Attachment]: ...


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice.

    `template` is the path before `_subject.txt`, `_body.txt` and `_sms.txt`. `topic` is what a person can switch off; an empty
    topic is always sent. `channels` are used when the person has said nothing. A `secret` notice (a code) is emptied once it has ended.
    A `plain` notice is the same in discreet mode, because its own words give nothing away. `words` name it at the desk, translated.
    """

    code: str
    template: str
    topic: str = ""
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    attach: Attach | None = None
    secret: bool = False
    plain: bool = False
    words: Any = ""


_kinds: dict[str, Kind] = {}
_topics: dict[str, Any] = {}


def register(*kinds: Kind, topics: dict[str, Any] | None = None) -> None:
    """Make kinds known, and the translated names of their topics."""
    _topics.update(topics or {})
    for kind in kinds:
        _kinds[kind.code] = kind


def get(code: str) -> Kind:
    """Return the kind of that code; raises KeyError for one that no app has registered."""
    return _kinds[code]


def in_words(code: str) -> str:
    """Return what a notice of that kind is called, in the reader's language; its code where nobody gave it words."""
    return str((code in _kinds and _kinds[code].words) or code)


def is_secret(code: str) -> bool:
    """Tell whether a notice of that kind is emptied once it has ended; false for a kind that is no longer registered."""
    return code in _kinds and _kinds[code].secret


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def topics() -> dict[str, Any]:
    """Return the topics that a person can switch on and off: code → translated name."""
    return dict(_topics)


@lru_cache
def _address_book() -> Callable[[Iterable[int]], dict[int, Contact]]:
    return import_string(settings.NOTIFICATIONS_ADDRESS_BOOK)


def contacts(ids: Iterable[int]) -> dict[int, Contact]:
    """Return those of the people who may be written to now; whoever has left or was erased is not in it."""
    return _address_book()(ids)

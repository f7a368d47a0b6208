"""A row of the outbox, put into words in the language of its reader."""

import json
import uuid
from email.policy import Compat32
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.html import escape

from notifications import kinds, zones
from notifications.kinds import Contact
from notifications.models import Message

DISCREET = "notifications/email/discreet"
# Stands for the reader's name in a letter to many; no text that people write has it, for Unicode gives it no meaning.
NAME = "\ue000"
LETTERS_KEPT = 64
LONGEST_LINE = 75


def _localise(value: Any, language: str) -> Any:
    """Pick the reader's text out of `{"ar": …, "en": …}`, the other one where theirs is empty; parse `{"datetime": iso}`."""
    if isinstance(value, dict):
        if value.keys() == {"datetime"}:
            moment = parse_datetime(value["datetime"])
            return timezone.localtime(moment) if moment else None
        if value and value.keys() <= {"ar", "en"}:
            return value.get(language) or next((text for text in value.values() if text), "")
        return {key: _localise(item, language) for key, item in value.items()}
    if isinstance(value, list):
        return [_localise(item, language) for item in value]
    return value


def _said(message: Message) -> tuple[str, dict[str, Any]]:
    """Return the path of the templates and what they are told: nothing, where the notice is to give nothing away."""
    kind = kinds.get(message.kind)
    if message.discreet and not kind.plain:
        return DISCREET, {}
    return kind.template.format(**message.context), message.context


def _words(template: str, part: str, context: dict[str, Any], name: str, language: str) -> str:
    context = {**_localise(context, language), "name": name, "site_url": settings.SITE_URL, "language": language}
    return render_to_string(f"{template}_{part}.txt", context).strip()


def letter(template: str, context: dict[str, Any], name: str, language: str, zone: str = "") -> tuple[str, str, str]:
    """Return subject, text and page."""
    with translation.override(language), zones.override(lambda: zone):
        subject = " ".join(_words(template, "subject", context, name, language).split())
        body = _words(template, "body", context, name, language)
        page = render_to_string(
            "notifications/email/page.html",
            {"body": body, "subject": subject, "language": language, "rtl": translation.get_language_bidi()},
        )
    return subject, body, page


@lru_cache(maxsize=LETTERS_KEPT)
def _letter_to_many(
    template: str, context: str, named: bool, language: str, zone: str, site_url: str
) -> tuple[str, str, str]:
    """Return the letter with NAME for the reader's name: a session that is announced is told to thousands in the same words."""
    return letter(template, json.loads(context), NAME if named else "", language, zone)


def _letter_of(message: Message, contact: Contact) -> tuple[str, str, str]:
    template, context = _said(message)
    if kinds.get(message.kind).secret:
        return letter(template, context, contact.name, message.language, contact.zone)
    same = json.dumps(context, sort_keys=True)
    subject, body, page = _letter_to_many(
        template, same, bool(contact.name), message.language, contact.zone, settings.SITE_URL
    )
    return (
        subject.replace(NAME, contact.name),
        body.replace(NAME, contact.name),
        page.replace(NAME, escape(contact.name)),
    )


class Plainly(Compat32):
    """Writes a header that needs neither encoding nor folding as it stands: what the standard policy also makes of it, far faster."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the lines of a header."""
        if isinstance(value, str) and len(name) + len(value) < LONGEST_LINE and value.isascii() and value.isprintable():
            return f"{name}: {value}{self.linesep}".encode()
        return super().fold_binary(name, value)


class Letter(EmailMultiAlternatives):
    """A mail that is quickly turned into bytes."""

    def message(self) -> Any:
        """Return the mail. Its parts are set apart by a boundary of ours: Python would search them all for a line that none has."""
        made = super().message()
        made.policy = Plainly()
        for number, part in enumerate(part for part in made.walk() if part.is_multipart()):
            part.set_boundary(f"==={number}=={uuid.uuid4().hex}===")
        return made


def email(message: Message, contact: Contact) -> EmailMultiAlternatives:
    """Return the mail of a row: plain text, the same as HTML with its direction, and the kind's attachments."""
    kind = kinds.get(message.kind)
    subject, body, page = _letter_of(message, contact)
    mail = Letter(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        [contact.email],
        # The same row always has the same id, so that a mail program shows a second copy once.
        headers={"Message-ID": f"<notice-{message.pk}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(page, "text/html")
    if kind.attach:
        with translation.override(message.language):
            for item in kind.attach(context=message.context, contact=contact, discreet=message.discreet):
                mail.attach(item.filename, item.content, item.content_type)
    return mail


def sms(message: Message, contact: Contact) -> str:
    """Return the text of an SMS on one line."""
    template, context = _said(message)
    with translation.override(message.language), zones.override(lambda: contact.zone):
        return " ".join(_words(template, "sms", context, contact.name, message.language).split())

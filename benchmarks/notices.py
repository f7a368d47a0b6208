"""Due notices in the outbox, and the bare loops beside it.

`python -m benchmarks.notices fill ROWS` · `… nudge TIMES` · `… bare PORT SECONDS` · `… making PORT SECONDS`
"""

import json
import smtplib
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import cycle, islice

import django

django.setup()

# These need the settings.
from celery import current_app  # noqa: E402
from django.core.mail import EmailMultiAlternatives, get_connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from network.models import User  # noqa: E402
from notifications import kinds, render  # noqa: E402
from notifications.models import Message  # noqa: E402
from tests.factories.network import PractitionerFactory  # noqa: E402

RECIPIENTS = 200
# So many are told of one session.
SEATS = 50
AT_ONCE = 5_000


def _notice(number: int, recipient_id: int, round_: float) -> Message:
    """Return a confirmation of a seat, the notice with the most parts: text, the same as HTML, a calendar entry."""
    now = timezone.now()
    starts = now.replace(minute=0, second=0, microsecond=0) + timedelta(days=9)
    return Message(
        kind="seat-confirmed",
        recipient_id=recipient_id,
        channel="email",
        language=("ar", "en")[number % 2],
        discreet=False,
        context={
            "title": {"ar": "جلسة حوارية عن سلاسل إمداد الأكسجين", "en": "Dialogue session on oxygen supply"},
            "kind": "dialogue",
            "starts": {"datetime": starts.isoformat()},
            "ends": {"datetime": (starts + timedelta(hours=2)).isoformat()},
            "slug": "oxygen-supply",
            "uid": f"6f1c1d5e-0000-4000-8000-{number // SEATS:012}",
            "sequence": 0,
            "chatham_house": False,
            "site": {"ar": "قاعة المركز الطبي", "en": "Hall of the medical centre"},
            "address": {"ar": "شارع الزاوية ٥", "en": "5 Zawiya Street"},
            "online": False,
        },
        dedup_key=f"seat-confirmed:{round_}:{number}",
        created_at=now,
        due_at=now,
        expires_at=starts,
    )


def fill(rows: int) -> int:
    """Write so many notices that are due."""
    if not User.objects.exists():
        PractitionerFactory.create_batch(RECIPIENTS)
    recipients = cycle(User.objects.values_list("pk", flat=True))
    round_ = time.time()
    notices = (_notice(number, next(recipients), round_) for number in range(rows))
    while batch := list(islice(notices, AT_ONCE)):
        Message.objects.bulk_create(batch)
    return rows


def nudge(times: int) -> int:
    """Wake so many of the worker's processes."""
    for _ in range(times):
        current_app.send_task("notifications.tasks.drain")
    return times


def _last() -> tuple[EmailMultiAlternatives, str]:
    """Return the mail of a notice, and its recipient."""
    message = Message.objects.order_by("pk").last()
    assert message
    contact = kinds.contacts([message.recipient_id])[message.recipient_id]
    return render.email(message, contact), contact.email


def _rate(send: Callable[[], object], seconds: float) -> float:
    sent, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        send()
        sent += 1
    return sent / (time.perf_counter() - began)


def bare(port: int, seconds: float) -> float:
    """Send the same bytes, made once, over one open connection; return the mails per second."""
    mail, recipient = _last()
    made = mail.message().as_bytes(linesep="\r\n")
    with smtplib.SMTP("127.0.0.1", port) as connection:
        return _rate(lambda: connection.sendmail("notices@example.org", [recipient], made), seconds)


def making(port: int, seconds: float) -> float:
    """Put a mail of the same words together by Django's own means for each sending, over one open connection."""
    like, recipient = _last()

    def send() -> None:
        mail = EmailMultiAlternatives(like.subject, like.body, like.from_email, [recipient])
        mail.attach_alternative(*like.alternatives[0])
        mail.attach(*like.attachments[0])
        connection.send_messages([mail])

    with get_connection(host="127.0.0.1", port=port) as connection:
        return _rate(send, seconds)


if __name__ == "__main__":
    command, *given = sys.argv[1:]
    if command in ("bare", "making"):
        print(json.dumps({"bare": bare, "making": making}[command](int(given[0]), float(given[1]))))
    else:
        print(json.dumps({"fill": fill, "nudge": nudge}[command](int(given[0]))))

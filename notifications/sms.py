"""Ways to send an SMS. `SMS_URL` names one; each takes `send(to, text, id)`, where the id lets the gateway know a repeat."""

import base64
import json
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from django.conf import settings

# The addresses opened below are the operator's own, from SMS_URL.
TIMEOUT = 10
GSM7 = set(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_DOUBLE = set("^{}\\[~]|€")


class SMSBackend(Protocol):
    def send(self, to: str, text: str, id: str) -> None:
        """Hand the text over; raises OSError where the gateway can't be reached or refuses."""


def parts(text: str) -> int:
    """Return how many messages the text is billed as: 160 or 153 a part in GSM-7, 70 or 67 in UCS-2 (3GPP TS 23.038, 23.040).

    What takes two places (an escaped sign, a surrogate pair) is never split between two parts.
    """
    if all(c in GSM7 or c in GSM7_DOUBLE for c in text):
        places, single, joined = [2 if c in GSM7_DOUBLE else 1 for c in text], 160, 153
    else:
        places, single, joined = [len(c.encode("utf-16-be")) // 2 for c in text], 70, 67
    if sum(places) <= single:
        return 1
    count, room = 1, joined
    for place in places:
        if place > room:
            count, room = count + 1, joined
        room -= place
    return count


class Console:
    def send(self, to: str, text: str, id: str) -> None:
        print(f"SMS {id} → {to}: {text}", flush=True)


class File:
    """Append each message to a file, one JSON object a line."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    def send(self, to: str, text: str, id: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"id": id, "to": to, "text": text}, ensure_ascii=False) + "\n")


def _login(url: SplitResult) -> tuple[str, str]:
    """Return user and password; signs that mean something in an address are written there as %40 and the like."""
    return unquote(url.username or ""), unquote(url.password or "")


class AndroidGateway:
    """The open "SMS Gateway for Android" (capcom6), its local server's `POST /message`."""

    def __init__(self, url: SplitResult) -> None:
        self.address = f"{url.scheme.partition('+')[2]}://{url.hostname}:{url.port or 8080}/message"
        self.credentials = base64.b64encode(":".join(_login(url)).encode()).decode()

    def send(self, to: str, text: str, id: str) -> None:
        body = json.dumps({"id": id, "textMessage": {"text": text}, "phoneNumbers": [to]}).encode()
        headers = {"Content-Type": "application/json", "Authorization": f"Basic {self.credentials}"}
        with urllib.request.urlopen(urllib.request.Request(self.address, body, headers), timeout=TIMEOUT):  # noqa: S310 # nosec B310
            pass


class Kannel:
    """Kannel's `sendsms` over HTTP, UCS-2 for texts outside of Latin."""

    def __init__(self, url: SplitResult) -> None:
        self.address = (
            f"{url.scheme.partition('+')[2]}://{url.hostname}:{url.port or 13013}{url.path or '/cgi-bin/sendsms'}"
        )
        self.fixed = dict(zip(("username", "password"), _login(url), strict=True))
        self.fixed |= {key: values[0] for key, values in parse_qs(url.query).items()}

    def send(self, to: str, text: str, id: str) -> None:
        query = {**self.fixed, "to": to, "text": text, "charset": "UTF-8", "coding": "0" if set(text) <= GSM7 else "2"}
        with urllib.request.urlopen(f"{self.address}?{urllib.parse.urlencode(query)}", timeout=TIMEOUT):  # noqa: S310 # nosec B310
            pass


def backend(address: str | None = None) -> SMSBackend:
    """Return the backend that `SMS_URL` names; raises ValueError for one that is not known."""
    url = urlsplit(address or settings.SMS_URL)
    kind = url.scheme.partition("+")[0]
    if kind == "console":
        return Console()
    if kind == "file":
        return File(url.path)
    if kind == "android":
        return AndroidGateway(url)
    if kind == "kannel":
        return Kannel(url)
    raise ValueError(f"SMS_URL: {kind}: is none of console:, file:, android+http:, kannel+http:.")

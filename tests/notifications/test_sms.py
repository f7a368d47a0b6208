"""SMS: what they are billed as, and each way to send them against a real server."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, strategies as st

from notifications import sms

ARABIC = "لديك رسالة جديدة"


class Gateway(ThreadingHTTPServer):
    """Keep what is asked, and answer with `status`."""

    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Keeper)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class Keeper(BaseHTTPRequestHandler):
    server: Gateway

    def do_GET(self) -> None:
        self.keep()

    def do_POST(self) -> None:
        self.keep()

    def keep(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ب" * 70, 1),
        ("ب" * 71, 2),
        ("ب" * 134, 2),
        ("ب" * 135, 3),
        ("a" * 69 + "ب", 1),
        ("a" * 70 + "ب", 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        # 153 places in the first part; the sign at its end takes two and moves to the next.
        ("a" * 152 + "€" + "a" * 152, 3),
        ("a" * 151 + "€" + "a" * 153, 2),
        # 67 places; a pair is not split.
        ("ب" * 66 + "😀" + "ب" * 66, 3),
        ("ب" * 65 + "😀" + "ب" * 67, 2),
    ],
)
def test_parts(text: str, count: int) -> None:
    assert sms.parts(text) == count


@given(st.text(alphabet="abc€[ب😀 ", max_size=600))
def test_a_text_with_one_more_letter_is_never_cheaper(text: str) -> None:
    assert sms.parts(text) <= sms.parts(text + "a") <= sms.parts(text + "a😀") <= sms.parts(text) * 3 + 1


def test_file(tmp_path: Path) -> None:
    path = tmp_path / "new" / "sms.log"
    backend = sms.backend(f"file:{path}")

    backend.send("+218912345678", ARABIC, "notice-1")
    backend.send("+218922345678", "Hello", "notice-2")

    assert [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] == [
        {"id": "notice-1", "to": "+218912345678", "text": ARABIC},
        {"id": "notice-2", "to": "+218922345678", "text": "Hello"},
    ]


def test_console(capsys: pytest.CaptureFixture[str]) -> None:
    sms.backend("console:").send("+218912345678", ARABIC, "notice-1")

    assert ARABIC in capsys.readouterr().out


def test_android(gateway: Gateway) -> None:
    sms.backend(f"android+http://jisr:s%40cret@{gateway.host}").send("+218912345678", ARABIC, "notice-1")

    [(method, path, headers, body)] = gateway.asked
    assert (method, path) == ("POST", "/message")
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"jisr:s@cret").decode()
    assert json.loads(body) == {
        "id": "notice-1",
        "textMessage": {"text": ARABIC},
        "phoneNumbers": ["+218912345678"],
    }


@pytest.mark.parametrize(("text", "coding"), [(ARABIC, "2"), ("A seat is free!", "0"), ("Prix: 5 €", "2")])
def test_kannel(gateway: Gateway, text: str, coding: str) -> None:
    address = f"kannel+http://jisr:se%20cret@{gateway.host}/cgi-bin/sendsms?from=1234&smsc=one"

    sms.backend(address).send("+218912345678", text, "notice-1")

    [(method, path, _, _)] = gateway.asked
    query = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
    assert (method, urlsplit(path).path) == ("GET", "/cgi-bin/sendsms")
    assert query == {
        "username": "jisr",
        "password": "se cret",
        "from": "1234",
        "smsc": "one",
        "to": "+218912345678",
        "text": text,
        "charset": "UTF-8",
        "coding": coding,
    }


@pytest.mark.parametrize("kind", ["android", "kannel"])
@pytest.mark.parametrize("status", [400, 401, 500, 503])
def test_a_refusal_raises(gateway: Gateway, kind: str, status: int) -> None:
    gateway.status = status

    with pytest.raises(OSError) as refusal:
        sms.backend(f"{kind}+http://u:p@{gateway.host}").send("+218912345678", "Hello", "notice-1")

    assert isinstance(refusal.value, HTTPError)
    assert refusal.value.code == status
    refusal.value.close()


@pytest.mark.parametrize("kind", ["android", "kannel"])
def test_a_gateway_that_is_away_raises(kind: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(OSError):
            sms.backend(f"{kind}+http://u:p@127.0.0.1:{port}").send("+218912345678", "Hello", "notice-1")


@pytest.mark.parametrize("kind", ["android", "kannel"])
def test_a_gateway_that_never_answers_raises(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sms, "TIMEOUT", 0.2)
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        with pytest.raises(OSError):
            sms.backend(f"{kind}+http://u:p@127.0.0.1:{mute.getsockname()[1]}").send("+218912345678", "Hello", "n-1")


def test_an_unknown_backend_is_refused() -> None:
    with pytest.raises(ValueError, match="pigeon"):
        sms.backend("pigeon://loft")

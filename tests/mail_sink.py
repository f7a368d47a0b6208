"""An SMTP server that keeps what it is sent."""

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services import free_port


class MailSink:
    """Take every message; refuse the recipients in `refused` for good and everything while `away`."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.refused: set[str] = set()
        self.away = False
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    @property
    def url(self) -> str:
        """Return the address for EMAIL_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """Return the messages to an address, the oldest first."""
        return [message for message in self.messages if address in str(message["To"])]

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, *_: object) -> str:  # noqa: N802
        """Answer each recipient."""
        if self.away:
            return "451 Come back later"
        if address in self.refused:
            return "550 No such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep the message."""
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture
def mail_sink() -> Iterator[MailSink]:
    """A running sink; give its `url` to a process or its `port` to the settings."""
    sink = MailSink()
    sink.controller.start()
    yield sink
    sink.controller.stop()

import logging
from pathlib import Path
from typing import Any

import pytest

from tests.mail_sink import MailSink


@pytest.fixture
def post(mail_sink: MailSink, settings: Any, tmp_path: Path) -> Any:
    """Mail leaves by SMTP, SMS into a file."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mail_sink.port
    settings.SMS_URL = f"file:{tmp_path / 'sms'}"
    return settings


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> pytest.LogCaptureFixture:
    monkeypatch.setattr(logging.getLogger("jisr.outbox"), "propagate", True)
    return caplog

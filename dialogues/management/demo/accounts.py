"""The demo's accounts: their addresses, their one password, their one second factor."""

import base64
import time
from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.crypto import salted_hmac

from network.models import User

# Nobody can ever receive mail under .invalid (RFC 2606).
DOMAIN = "demo.jisr.invalid"
PASSWORD = "jisr-demo-only"  # noqa: S105 (meant to be known: the demo refuses to stand anywhere but on loopback)  # nosec
PERIOD = 30


def address(login: str) -> str:
    return f"{login}@{DOMAIN}"


def exist() -> bool:
    """Tell whether the demo has been loaded."""
    return User.objects.filter(email__endswith=f"@{DOMAIN}").exists()


def make(logins: Iterable[str]) -> dict[str, User]:
    """Make an account for each login, all with the same password, which is hashed once because that is slow by design."""
    hashed = make_password(PASSWORD)
    users = {}
    for login in logins:
        user = User.objects.create_user(address(login))
        User.objects.filter(pk=user.pk).update(password=hashed)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        users[login] = user
    return users


def secret() -> str:
    """Return the secret of the second factor: another one on every machine, the same at every start."""
    digest = salted_hmac("jisr.demo.second-factor", "", secret=settings.SECRET_KEY, algorithm="sha256").digest()
    return base64.b32encode(digest[:20]).decode()


def give_second_factor(user: User) -> None:
    """Set up the authenticator that `code` stands in for."""
    auth.TOTP.activate(user, secret())


def code() -> tuple[str, int]:
    """Return the present code of the second factor, and for how many seconds it is the present one."""
    now = int(time.time())
    return auth.format_hotp_value(auth.hotp_value(secret(), now // PERIOD)), PERIOD - now % PERIOD

"""Settings of Jisr: the only module that reads the environment.

Without DATABASE_URL and REDIS_URL the embedded default runs: SQLite in WAL mode, Celery on an in-memory broker inside the web process.
"""

import base64
import hashlib
import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.beat import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = os.environ

DATA_DIR = Path(env.get("DATA_DIR", BASE_DIR / "var"))
DEBUG = env.get("DEBUG", "0") == "1"
DEMO = env.get("DEMO", "0") == "1"
SITE_URL = env.get("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SITE_HOST = urlsplit(SITE_URL).hostname or "127.0.0.1"
SECURE = SITE_URL.startswith("https://")
ON_LOOPBACK = SITE_HOST in {"127.0.0.1", "localhost", "::1"}
TESTING = "pytest" in sys.modules


def _secret() -> str:
    """Return SECRET_KEY, or the one that `make run` keeps beside its database."""
    if secret := env.get("SECRET_KEY"):
        return secret
    kept = DATA_DIR / "secret_key"
    if kept.exists():
        return kept.read_text().strip()
    raise ImproperlyConfigured(
        "SECRET_KEY is not set. Give 50 random characters in the environment "
        "(python -c 'import secrets; print(secrets.token_urlsafe(50))'), or start with `make run`, which makes one."
    )


SECRET_KEY = _secret()
MFA_KEY = (
    env.get("MFA_KEY")
    or base64.urlsafe_b64encode(
        hashlib.scrypt(SECRET_KEY.encode(), salt=b"jisr-mfa", n=2**12, r=8, p=1, dklen=32)
    ).decode()
)

ALLOWED_HOSTS = [SITE_HOST, *filter(None, env.get("ALLOWED_HOSTS", "").split(","))]
if ON_LOOPBACK:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "modeltranslation",
    "config.admin_config.JisrAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_filters",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "notifications",
    "network",
    "facilities",
    "outreach",
    "needs",
    "dialogues",
    "measures",
    "campaigns",
    "impact",
    "config",
]

MIDDLEWARE = [
    "network.middleware.ReceivedAtMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before the cache, which keeps each answer under its language: a thread still has that of its last reader.
    "django.middleware.locale.LocaleMiddleware",
    # A shared cache for answers that say `Cache-Control: public, max-age=…`; both halves stand outside of everything that costs time.
    "django.middleware.cache.UpdateCacheMiddleware",
    "django.middleware.cache.FetchFromCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "network.middleware.OwnClockMiddleware",
    "network.middleware.StaffSecondFactorMiddleware",
    "network.middleware.TooManyAttemptsMiddleware",
    "network.middleware.PrivateByDefaultMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "config.forms.JisrFormRenderer"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ]
            if not DEBUG
            else ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- Data -------------------------------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        env.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'jisr.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # With Django's defaults most concurrent seat requests fail with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }

else:
    # Compiling a plan costs more than the short queries of a page; where the planner overestimates, half a second.
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c jit=off"

REDIS_URL = env.get("REDIS_URL", "")
EMBEDDED = not REDIS_URL
CACHE = (
    {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 5000}}
    if EMBEDDED
    else {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 1},
    }
)
CACHES = {
    "default": CACHE,
    # Public pages that are kept for a minute: all of them can be forgotten, and nothing else is.
    "pages": {"LOCATION": "pages", **CACHE, "KEY_FUNCTION": "network.pages.key"},
}
CACHE_MIDDLEWARE_ALIAS = "pages"
CACHE_MIDDLEWARE_SECONDS = 0
CACHE_MIDDLEWARE_KEY_PREFIX = "page"

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.get("STATIC_ROOT", BASE_DIR / "staticfiles"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media-private/"
# How large a file may be that a coordinator adds to a session, in bytes.
MATERIAL_LARGEST = int(env.get("MATERIAL_MEGABYTES", "10")) * 1_000_000
# How large a photo may be that an entrant hands in, in bytes.
PHOTO_LARGEST = int(env.get("PHOTO_MEGABYTES", "8")) * 1_000_000
# How large a request may be with all its files; the most photos of an entry have room in it. The proxy's own limit is the same.
REQUEST_LARGEST = max(6 * PHOTO_LARGEST, MATERIAL_LARGEST) + 2_000_000
FILE_UPLOAD_HANDLERS = [
    "network.uploads.quota.Quota",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

# --- Language and time ------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "ar"
LANGUAGES = [("ar", "العربية"), ("en", "English")]
MODELTRANSLATION_DEFAULT_LANGUAGE = "ar"
MODELTRANSLATION_FALLBACK_LANGUAGES = ("ar", "en")


def _named_in(verbose_name: str, language: str) -> str:
    """Say of a translated field in which language it is."""
    return f"{verbose_name} ({dict(LANGUAGES)[language]})"


MODELTRANSLATION_BUILD_LOCALIZED_VERBOSE_NAME = _named_in
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Africa/Tripoli"
USE_TZ = True

# --- Accounts ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "network.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "network:me"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "network.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "network.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if SECURE else "http"
ALLAUTH_TRUSTED_PROXY_COUNT = int(env.get("TRUSTED_PROXIES", "0"))
# With a proxy in front, it sends private files in the place of an answer that names them; without one Jisr sends them itself.
FILES_BY_PROXY = ALLAUTH_TRUSTED_PROXY_COUNT > 0
# Beside allauth's own. A whole carrier sits behind one address. The codes of a certificate and of an entry have sixty bits, a receipt of a
# vote seventy-five, an invitation's eleven digits and one that checks them: at this rate an address takes half a century to try one in a
# hundred.
ACCOUNT_RATE_LIMITS = {
    "certificate": "60/m/ip",
    "invitation": "30/m/ip",
    "vote_receipt": "60/m/ip",
    "entry": "60/m/ip",
    "photo": "240/m/ip",
    # Whole tables, and a programme that walks through all facilities.
    "open_data": "60/m/ip",
    "fhir": "600/m/ip",
    "pledge": "60/m/ip",
}
MFA_ADAPTER = "network.accounts.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
USERSESSIONS_TRACK_ACTIVITY = False
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())

# --- Security ---------------------------------------------------------------------------------------------------------

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
LANGUAGE_COOKIE_SECURE = SECURE
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}

# --- Notices ----------------------------------------------------------------------------------------------------------

NOTIFICATIONS_ADDRESS_BOOK = "network.selectors.address_book"
DEFAULT_FROM_EMAIL = env.get("DEFAULT_FROM_EMAIL", f"notices@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_TIMEOUT = 10
_mail = urlsplit(env.get("EMAIL_URL") or f"file:{DATA_DIR / 'mail'}")
if _mail.scheme == "smtp":
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or 25
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_TLS = parse_qs(_mail.query).get("tls") == ["1"]
    EMAIL_USE_SSL = parse_qs(_mail.query).get("ssl") == ["1"]
elif _mail.scheme == "console":
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = _mail.path
SMS_URL = env.get("SMS_URL") or f"file:{DATA_DIR / 'sms.log'}"

# --- Background work --------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_TIME_LIMIT = 270
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
# With the defaults nothing came back within 96 s of a killed worker.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {
        "visibility_timeout": 300,
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 0.5,
        "socket_timeout": 5,
        "max_retries": 1,
        # A web request waits for this: kombu's own pause before the retry is 2 s.
        "interval_start": 0,
    }
    if REDIS_URL
    else {}
)
CELERY_BEAT_SCHEDULE = SCHEDULE

# --- Logs: ids, never names, telephone numbers or addresses -----------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"without_secrets": {"()": "config.logs.WithoutSecrets"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["without_secrets"]}},
    "root": {"handlers": ["console"], "level": env.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.security.DisallowedHost": {"handlers": [], "propagate": False},
        "jisr": {"handlers": ["console"], "level": env.get("LOG_LEVEL", "INFO"), "propagate": False},
    },
}

# --- The network's own choices -----------------------------------------------------------------------------------------

CONTACT_EMAIL = env.get("CONTACT_EMAIL", f"hello@{SITE_HOST}")
# How long a freed seat is kept for the person to whom it is offered; never beyond the start.
OFFER_TIME = timedelta(hours=24)
MESSAGES_KEPT = timedelta(days=90)
# How long after leaving a person's data is erased.
ERASED_AFTER = timedelta(days=int(env.get("ERASED_AFTER_DAYS", "30")))
# How long after a session under the Chatham House Rule it is kept who wrote its minutes, and who said what in its notes.
ATTRIBUTIONS_KEPT = timedelta(days=int(env.get("ATTRIBUTIONS_KEPT_DAYS", "14")))
# The country whose local telephone numbers are understood (ISO 3166-1).
PHONE_COUNTRY = env.get("PHONE_COUNTRY", "LY")
# The days on which nobody works, counted from Monday as 0: Friday and Saturday.
WEEKEND = frozenset({4, 5})

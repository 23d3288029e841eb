"""Every setting of the product; what differs between installations comes from the environment.

Without any variable set this is the embedded installation: SQLite and Celery's filesystem broker
under ``var/``, nothing to install as a server. In earnest: ``DATABASE_URL`` and ``BROKER_URL``.
"""

from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

from kronoberg import broker

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _origin(address: str) -> list[str]:
    """Scheme and host of an address, as a policy names it; nothing of nothing."""
    parts = urlsplit(address)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


# Where this installation keeps its database, keys and queue.
DATA_DIR = Path(env.str("KRONOBERG_DATA", default=str(BASE_DIR / "var")))

# Shows the demo logins and the yellow band. Never on with real people in the database.
DEMO = env.bool("KRONOBERG_DEMO", default=False)
DEBUG = env.bool("KRONOBERG_DEBUG", default=False)
ALLOWED_HOSTS = env.list("KRONOBERG_HOSTS", default=["127.0.0.1", "localhost"])
# True behind TLS: secure cookies, HSTS and a redirect from plain HTTP.
HTTPS = env.bool("KRONOBERG_HTTPS", default=False)

# Keys lie outside the database and outside its backups; `manage.py make_keys` makes them once.
KEYS_DIR = Path(env.str("KRONOBERG_KEYS", default=str(DATA_DIR / "keys")))
_secret = KEYS_DIR / "secret"
# Empty means that nothing which needs the key will run: Django refuses at first use.
SECRET_KEY = _secret.read_text().strip() if _secret.is_file() else ""

# Where the logs' last links are written every night: best a share that this machine only adds to.
ANCHORS_DIR = Path(env.str("KRONOBERG_ANCHORS", default=str(DATA_DIR / "anchors")))
ANCHOR_MAIL = env.list("KRONOBERG_ANCHOR_MAIL", default=[])
vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("KRONOBERG_MAIL_FROM", default="kronoberg@localhost")

# Where people reach this installation: the link in a mail.
ADDRESS = env.str("KRONOBERG_ADDRESS", default="http://127.0.0.1:8000").rstrip("/")

# Where a weakness or a fault of accessibility is reported: an address of mail or of a page.
SECURITY_CONTACT = env.str("KRONOBERG_SECURITY_CONTACT", default="")

INSTALLED_APPS = [
    "kronoberg",
    "notices",
    "cases",
    "guardian",
    "django_fsm",
    "csp",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # how the list of sessions tells time
    "django.forms",  # the templates that FORM_RENDERER looks for
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kronoberg.middleware.guard_pages",
]

ROOT_URLCONF = "kronoberg.urls"
WSGI_APPLICATION = "kronoberg.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kronoberg.navigation.chrome",
            ],
        },
    },
]

# Database -------------------------------------------------------------------------------------

DATABASES = {
    "default": env.db_url("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'kronoberg.sqlite3'}")
}
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # Django's deferred default lost 343 of 800 concurrent read-then-write transactions; this none.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        "PRAGMA secure_delete=ON;",
    }
else:
    # Django's own, and each new connection learns whose rows it may reach (`cases.circle`).
    DATABASES["default"]["ENGINE"] = "kronoberg.postgresql"
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "home"
# Signing in: allauth, without sign-up and without mail
ACCOUNT_ADAPTER = "kronoberg.sign_in.NoSignup"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("KRONOBERG_PROXIES", default=0)
MFA_ADAPTER = "kronoberg.sign_in.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Kronoberg"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
# Every role that sees cases has a second factor. Only the demo, of invented people, goes without.
MFA_REQUIRED = env.bool("KRONOBERG_MFA", default=not DEMO)
# Break-glass, exports and erasure ask again after this long.
FRESH_MINUTES: int | None = 5
IDLE_MINUTES_PATROL = env.int("KRONOBERG_IDLE_PATROL", default=10)
IDLE_MINUTES = env.int("KRONOBERG_IDLE", default=30)
# An organisation's own identity provider; the claim holds the user's name here.
SOCIALACCOUNT_ADAPTER = "kronoberg.sign_in.KnownPeopleOnly"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"
OIDC_CLAIM = env.str("KRONOBERG_OIDC_CLAIM", default="preferred_username")
OIDC_SERVER = _oidc = env.str("KRONOBERG_OIDC_SERVER", default="")
# Where the workplace has a login there is no other, unless this says so (the provider is down).
LOCAL_LOGIN = env.bool("KRONOBERG_LOCAL_LOGIN", default=not _oidc)
if _oidc:
    SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": "arbetsplatsen",
                    "name": env.str("KRONOBERG_OIDC_NAME", default="Logga in med arbetsplatsen"),
                    "client_id": env.str("KRONOBERG_OIDC_CLIENT"),
                    "secret": env.str("KRONOBERG_OIDC_SECRET"),
                    "settings": {"server_url": _oidc},
                }
            ],
            "OAUTH_PKCE_ENABLED": True,
        }
    }
# Limits count for all processes together: a folder on one machine, Redis on several.
CACHES = {"default": env.cache("CACHE_URL", default=f"filecache://{DATA_DIR / 'cache'}")}
if "filebased" in CACHES["default"]["BACKEND"]:
    # Above this many, Django throws away a third at random, and with them somebody's failed tries.
    CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 20_000}

# No row that gives rights to whoever is not logged in.
ANONYMOUS_USER_NAME = None
# `user.has_perm` is never asked: `cases.access` asks guardian itself, without its short cuts.
# W019: our own pages show our own PDFs in a frame; no other site may (frame-ancestors).
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W019"]

# The browser ----------------------------------------------------------------------------------

SESSION_COOKIE_AGE = 10 * 60 * 60  # a long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Whoever comes back from the identity provider comes from another site: the session holds what was
# asked there. What changes anything is a POST with a token, which another site never has.
SESSION_COOKIE_SAMESITE = "Lax" if OIDC_SERVER else "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
# The prefix makes the browser refuse a cookie of that name from anywhere else.
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # our own pages show our own PDFs
# For how long after its last contact with the server a phone can read its officer's drafts. Then
# they are locked until that officer logs in again; what is not received is never erased.
PHONE_HOURS = env.int("KRONOBERG_PHONE_HOURS", default=24)
OIDC_ORIGINS = env.list("KRONOBERG_OIDC_ORIGINS", default=_origin(OIDC_SERVER))
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        # The login's form is sent on to the provider, and a browser asks about that too.
        "form-action": [SELF, *OIDC_ORIGINS],
        "base-uri": [NONE],
    }
}

# No page takes a file, and no form is longer than the longest notice.
FILE_UPLOAD_HANDLERS = ["kronoberg.scrubbing.RefuseUploads"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DEFAULT_EXCEPTION_REPORTER_FILTER = "kronoberg.scrubbing.NothingPersonal"

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Words and time -------------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
USE_I18N = USE_TZ = True

# Background work ------------------------------------------------------------------------------

CELERY_BROKER_URL = env.str("BROKER_URL", default="filesystem://")
CELERY_BROKER_TRANSPORT_OPTIONS = broker.options(CELERY_BROKER_URL, DATA_DIR / "broker")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
CELERY_TIMEZONE = TIME_ZONE
# A page never waits for the broker: the row is saved, the sweep finds it.
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# Letters --------------------------------------------------------------------------------------

# H2 = window to the right, V2 = to the left. Which of them an authority uses is its own choice.
LETTER_WINDOW = env.str("KRONOBERG_LETTER_WINDOW", default="H2")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "kronoberg.scrubbing.ScrubbedFormatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own handlers would write past the formatter, and mail errors with their values.
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # Ten lines a letter in a worker that logs what it does.
        "weasyprint.progress": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
    },
}

"""Every setting of the product; what differs between installations comes from the environment.

Without any variable set this is the embedded installation: SQLite and Celery's filesystem broker
under ``var/``, nothing to install as a server. In earnest: ``DATABASE_URL`` and ``BROKER_URL``.
"""

from pathlib import Path

import django_stubs_ext
import environ
from csp.constants import NONE, SELF

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

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

INSTALLED_APPS = [
    "kronoberg",
    "notices",
    "cases",
    "guardian",
    "django_fsm",
    "csp",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
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
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
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
# No row that gives rights to whoever is not logged in.
ANONYMOUS_USER_NAME = None
# `user.has_perm` is never asked: `cases.access` asks guardian itself, without its short cuts.
# W019: our own pages show our own PDFs in a frame; no other site may (frame-ancestors).
SILENCED_SYSTEM_CHECKS = ["guardian.W001", "security.W019"]

# The browser ----------------------------------------------------------------------------------

SESSION_COOKIE_AGE = 10 * 60 * 60  # a long shift
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"  # our own pages show our own PDFs
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "frame-src": [SELF],
        "frame-ancestors": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

# Words and time -------------------------------------------------------------------------------

LANGUAGE_CODE = "sv"
TIME_ZONE = "Europe/Stockholm"
USE_I18N = USE_TZ = True

# Background work ------------------------------------------------------------------------------

_broker_folder = DATA_DIR / "broker"
CELERY_BROKER_URL = env.str("BROKER_URL", default="filesystem://")
if CELERY_BROKER_URL.startswith("filesystem"):
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker_folder / "queue"),
        "data_folder_out": str(_broker_folder / "queue"),
        "control_folder": str(_broker_folder / "control"),
        "processed_folder": str(_broker_folder / "processed"),
        "store_processed": False,
    }
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
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

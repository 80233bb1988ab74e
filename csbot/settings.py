"""Django's settings, all derived from csbot.env. Works with no environment: SQLite and Valkey in the data folder."""

from __future__ import annotations

import os
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from csbot.env import BASE_DIR, data_dir_from_environment, operators_language, read_environment, socket_path_of
from csbot.lib.logs import is_fault
from csbot.secrets import secret_key_of

CSBOT = read_environment()
DATA_DIR = data_dir_from_environment()
DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)

SECRET_KEY = CSBOT.secret_key or secret_key_of(DATA_DIR)
DEBUG = CSBOT.debug
ALLOWED_HOSTS = CSBOT.allowed_hosts
ROOT_URLCONF = "csbot.urls"
ASGI_APPLICATION = "csbot.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"

INSTALLED_APPS = [
    "csbot.operations",
    "csbot.accounts",
    "csbot.conversations",
    "csbot.widget",
    "csbot.dashboard",
    "csbot.lookups",
    "csbot.reports",
    "csbot.curation",
    "csbot.webhooks",
    "csbot.api",
    "csbot.demo",
    "knowledge",
    "inference",
    "csbot.accounts.backoffice.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "import_export",
    "simple_history",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csbot.operations.banner.banner",
            ],
        },
    }
]

# --- database --------------------------------------------------------------------------------------------------------

# The log is carried over by a task (`csbot.lib.sqlite`); only where nobody does, by the commit that makes it longer than 40 MB.
SQLITE_LOG = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=10000;"
SQLITE_PRAGMAS = f"{SQLITE_LOG} PRAGMA busy_timeout=10000; PRAGMA mmap_size=134217728;"

# A kept connection whose other end went without a word (a NAT, a failover) is noticed within a minute, not after TCP's quarter of an hour.
POSTGRES_PATIENCE = {"connect_timeout": 5, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 10_000}


def database() -> dict[str, object]:
    if CSBOT.database_url:
        # Requests have threads of their own; who keeps connections is csbot.lib.kept's business. A restarted server leaves no dead ones.
        read: dict[str, Any] = dict(dj_database_url.parse(CSBOT.database_url, conn_max_age=0, conn_health_checks=True))
        return {**read, "OPTIONS": {**POSTGRES_PATIENCE, **read.get("OPTIONS", {})}}
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "csbot.sqlite3",
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 10, "init_command": SQLITE_PRAGMAS},
        # A file, so that the threads of in-process workers see it.
        "TEST": {"NAME": DATA_DIR / "test.sqlite3"},
    }


DATABASES = {"default": database()}

# --- Redis: broker, hints, token streams, cache, limits --------------------------------------------------------------

REDIS_URL = CSBOT.redis_url or f"unix://{socket_path_of(DATA_DIR)}?db=0"
REDIS_PREFIX = CSBOT.redis_prefix

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "csbot.conversations.hints.HintLayer",
        "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_PREFIX}.hint"},
    }
}

# --- files -----------------------------------------------------------------------------------------------------------

STORAGE_DIR = CSBOT.storage_url.removeprefix("file://") or str(DATA_DIR / "storage")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": STORAGE_DIR}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [("design", BASE_DIR / "csbot" / "design")]
# Static files are served straight from the sources: no collectstatic step between a clone and a start.
WHITENOISE_USE_FINDERS = True

# --- language and time -----------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
OPERATORS_LANGUAGE = operators_language(os.environ)
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "csbot" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- security --------------------------------------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
_HTTPS = CSBOT.public_url.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_TRUSTED_ORIGINS = [CSBOT.public_url] if CSBOT.public_url else []
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # an article of a million characters, which may be brought as a file, can be edited
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
ACCOUNT_ADAPTER = "csbot.accounts.signin.Adapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "csbot"
MFA_ALLOW_UNVERIFIED_EMAIL = True  # without a mail server nothing can be verified

# Django's admin needs inline styles (measured: 0 console errors with them, scripts stay 'self').
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- API -------------------------------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["csbot.api.keys.KeyAuthentication", "rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["csbot.api.parsers.SoundJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "csbot.api.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
KNOX_TOKEN_MODEL = "api.ApiKey"
MIGRATION_MODULES = {"knox": None}  # its own table would be made although ours takes its place
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Bearer", "TOKEN_PREFIX": "csb_"}
SPECTACULAR_SETTINGS = {
    "TITLE": "csbot",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {"FaqState": ["draft", "live", "disabled"], "WorkerState": ["loading", "ready", "down"]},
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# --- Celery ----------------------------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://").replace("?db=", "?virtual_host=")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_DEFAULT_QUEUE = "background"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "conversations.sweep", "schedule": 1.0, "options": {"queue": "background", "expires": 5}},
    "webhooks": {"task": "webhooks.deliver", "schedule": 1.0, "options": {"queue": "background", "expires": 5}},
    "webhooks_forget": {"task": "webhooks.forget", "schedule": 3600.0, "options": {"queue": "background", "expires": 3600}},
    "word_hits_forget": {"task": "knowledge.forget_word_hits", "schedule": 86400.0, "options": {"queue": "background", "expires": 3600}},
    "signs": {"task": "curation.take_signs", "schedule": 300.0, "options": {"queue": "background", "expires": 240}},
    "carry_over": {"task": "operations.carry_over", "schedule": 5.0, "options": {"queue": "background", "expires": 5}},
    "canary": {"task": "operations.canary", "schedule": 2.0, "options": {"queue": "answers", "expires": 5}},
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
# Recovery of a turn rests on our own lease; the broker's redelivery is only the safety net behind it, and must stay
# far above the longest answer (a shorter one multiplies work: celery #5935).
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "global_keyprefix": f"{REDIS_PREFIX}:celery:",
    "socket_timeout": 30,
    "socket_connect_timeout": 2,
    "health_check_interval": 10,
    "retry_on_timeout": True,
}

CHATTY_LOGGERS = ("httpx", "uvicorn.access", "bm25s", "faiss", "sentence_transformers", "ContinuousBatchingLogger")
LINE = {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": LINE, "one_line": {"()": "csbot.lib.logs.OneLine", "fmt": LINE["format"], "style": "{"}},
    "filters": {
        "faults": {"()": "django.utils.log.CallbackFilter", "callback": is_fault},
        "personal": {"()": "csbot.lib.logs.HidesPersonal"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["personal"]},
        "one_line": {"class": "logging.StreamHandler", "formatter": "one_line", "filters": ["personal"]},
    },
    "root": {"handlers": ["console"], "level": CSBOT.log_level},
    "loggers": {
        **{name: {"level": "WARNING"} for name in CHATTY_LOGGERS},
        # These bring handlers of their own, which would write past the filter.
        **{name: {"handlers": [], "propagate": True} for name in ("django", "django.server", "uvicorn")},
        "django.request": {"level": "ERROR", "filters": ["faults"]},
        "django.security": {"handlers": ["one_line"], "propagate": False},
    },
}

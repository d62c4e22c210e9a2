"""Django's settings, read from ILL_ environment variables only (docs/settings.md lists them)."""

import contextlib
import hashlib
import os
import secrets
import tempfile
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from illservice.core.env import Environment

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = Environment(os.environ)

# -- Where we are -------------------------------------------------------------------------------------------
ILL_VAR = ENVIRONMENT.folder("ILL_VAR", BASE_DIR / "var")
DEBUG = ENVIRONMENT.flag("ILL_DEBUG", default=False)
ILL_BASE_URL = ENVIRONMENT.url(
    "ILL_BASE_URL", ("http", "https"), "http://localhost:8000", example="https://ill.example.org"
).rstrip("/")
ALLOWED_HOSTS = [
    *ENVIRONMENT.hosts("ILL_ALLOWED_HOSTS", [urlsplit(ILL_BASE_URL).hostname or "localhost"]),
    *("localhost", "127.0.0.1", "[::1]"),  # health checks ask from inside
]
SECURE = ENVIRONMENT.flag("ILL_SECURE_COOKIES", default=ILL_BASE_URL.startswith("https:"))


# -- Redis or Valkey: broker, cache and sessions ------------------------------------------------------------
def _embedded_socket() -> Path:
    """The socket of the embedded Valkey; the kernel takes at most 107 bytes, so a deep folder gets a short name."""
    path = ILL_VAR / "valkey.sock"
    if len(os.fsencode(path)) <= 100:
        return path
    digest = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"ill-{os.getuid()}-{digest}" / "valkey.sock"


ILL_VALKEY_SOCKET = _embedded_socket()
ILL_REDIS_URL = ENVIRONMENT.url(
    "ILL_REDIS_URL", ("redis", "rediss", "unix"), example="redis://redis.example.org:6379/0"
)
REDIS_LOCATION = ILL_REDIS_URL or f"unix://{quote(str(ILL_VALKEY_SOCKET))}"
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_LOCATION,
        "KEY_PREFIX": "ill-cache",
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 5},
    }
}
SESSION_ENGINE = "illservice.core.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- The secret key -----------------------------------------------------------------------------------------
ILL_SECRET_KEY_FILE = ILL_VAR / "secret-key"


def _secret_key() -> str:
    key = ENVIRONMENT.secret("ILL_SECRET_KEY", shortest=40)
    if not key and ILL_SECRET_KEY_FILE.is_file() and os.access(ILL_SECRET_KEY_FILE, os.R_OK):
        key = ILL_SECRET_KEY_FILE.read_text(encoding="utf-8").strip()
    if not key and (ILL_REDIS_URL or SECURE):
        ENVIRONMENT.wrong(
            "ill.E001",
            "ILL_SECRET_KEY",
            "is missing; several processes must share one.",
            "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'",
        )
    # A single command needs no lasting key: `up` writes one before it starts anything that does.
    return key or secrets.token_urlsafe(50)


SECRET_KEY = _secret_key()

# -- What the service is made of ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "illservice.apps.IllServiceConfig",
    "illservice.core.apps.CoreConfig",
    "illservice.citations.apps.CitationsConfig",
    "illservice.accounts.apps.AccountsConfig",
    "illservice.directory.apps.DirectoryConfig",
    "illservice.notices.apps.NoticesConfig",
    "illservice.documents.apps.DocumentsConfig",
    "illservice.exchange.apps.ExchangeConfig",
    "patrons.apps.PatronsConfig",
    "illservice.policies.apps.PoliciesConfig",
    "requests_app.apps.RequestsConfig",
    "lending.apps.LendingConfig",
    "illservice.apps.MasterDataConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "axes",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "illservice.exchange.middleware.MessageDoor",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "illservice.accounts.middleware.TrustedHeaderMiddleware",
    "illservice.accounts.middleware.LanguageMiddleware",
    "illservice.core.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "illservice.urls"
WSGI_APPLICATION = "illservice.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "requests_app.views.shell.patron_shell",
                "illservice.directory.views.shell.staff_shell",
            ],
        },
    }
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"  # fields look as templates/django/forms/ says

# -- Database -----------------------------------------------------------------------------------------------
# With these options parallel writers on SQLite wait for each other instead of failing with "database is locked".
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-20000;PRAGMA mmap_size=134217728;"
    "PRAGMA secure_delete=ON;",  # what was erased is not left in the file's free pages either
}
ILL_DATABASE_URL = ENVIRONMENT.url(
    "ILL_DATABASE_URL",
    ("postgres", "postgresql", "sqlite"),
    example="postgres://user:password@db.example.org:5432/illservice",
)


def _database() -> dict[str, Any]:
    """SQLite in the var folder, or what ILL_DATABASE_URL names. Safe behind a transaction-level pooler."""
    config: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(ILL_VAR / "ill.sqlite3")}
    if ILL_DATABASE_URL:
        config = dict(dj_database_url.parse(ILL_DATABASE_URL))
    if config["ENGINE"].endswith("sqlite3"):
        with contextlib.suppress(
            OSError
        ):  # SQLite makes files, not folders; it says itself what it cannot open
            Path(config["NAME"]).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        config["OPTIONS"] = {**config.get("OPTIONS", {}), **SQLITE_OPTIONS}
    else:
        config["PREPARE"] = (
            config.get("OPTIONS", {}).pop("prepare", "yes") != "no"
        )  # see illservice.core.planned
        config |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "DISABLE_SERVER_SIDE_CURSORS": True}
    return config


DATABASES = {"default": _database()}

# -- Accounts and sign-in -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "ill_accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
ILL_TRUSTED_HEADER = ENVIRONMENT.header("ILL_TRUSTED_HEADER")
ILL_TRUSTED_PROXIES = ENVIRONMENT.networks("ILL_TRUSTED_PROXIES")
if ILL_TRUSTED_HEADER and not ILL_TRUSTED_PROXIES:
    ENVIRONMENT.wrong(
        "ill.E013",
        "ILL_TRUSTED_HEADER",
        "is given without ILL_TRUSTED_PROXIES; anybody could sign in as anybody.",
        "Name the addresses of the gateway in ILL_TRUSTED_PROXIES.",
    )

AXES_HANDLER = "axes.handlers.cache.AxesCacheHandler"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "illservice.accounts.views.locked_out"
AXES_CLIENT_IP_CALLABLE = "illservice.accounts.gateway.client_address"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 3600  # seconds

# -- Language and time: each library has its own zone; what we store and log is UTC --------------------------
LANGUAGES = [("en", _("English")), ("de", _("German")), ("es", _("Spanish"))]
LANGUAGE_CODE = ENVIRONMENT.choice("ILL_LANGUAGE", [code for code, _name in LANGUAGES], "en")
LOCALE_PATHS = [BASE_DIR / "illservice" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
ILL_TIME_ZONE = ENVIRONMENT.time_zone("ILL_TIME_ZONE", "UTC")  # what a new library begins with

# -- Mail ---------------------------------------------------------------------------------------------------
ILL_EMAIL_URL = ENVIRONMENT.url(
    "ILL_EMAIL_URL", ("smtp", "smtps", "smtp+tls"), example="smtp+tls://user:password@mail.example.org:587"
)
ILL_MAIL_CATCHER = ILL_VAR / "mail-catcher"  # where `./ill up` keeps mails, for commands beside it
_KEPT = ILL_MAIL_CATCHER.read_text("utf-8") if os.access(ILL_MAIL_CATCHER, os.R_OK) else ""
_MAIL = urlsplit(ILL_EMAIL_URL or _KEPT or "smtp://localhost:25")
EMAIL_HOST = _MAIL.hostname or "localhost"
EMAIL_PORT = _MAIL.port or {"smtp": 25, "smtps": 465, "smtp+tls": 587}[_MAIL.scheme]
EMAIL_HOST_USER = unquote(_MAIL.username or "")
EMAIL_HOST_PASSWORD = unquote(_MAIL.password or "")
EMAIL_USE_SSL = _MAIL.scheme == "smtps"
EMAIL_USE_TLS = _MAIL.scheme == "smtp+tls"
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENVIRONMENT.mail_address(
    "ILL_MAIL_FROM", "Interlibrary loan <ill@localhost>"
)

# -- Browsers -----------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # health checks come from inside, without TLS
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [ILL_BASE_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# -- Documents: scans for patrons and borrowers (illservice/documents) ----------------------------------------
ILL_DOCUMENT_FOLDER = ENVIRONMENT.folder("ILL_DOCUMENT_FOLDER", ILL_VAR / "documents")
ILL_DOCUMENT_MAX_MB = ENVIRONMENT.integer("ILL_DOCUMENT_MAX_MB", 120, least=1, most=2000)
ILL_LINK_DAYS = ENVIRONMENT.integer("ILL_LINK_DAYS", 30, least=1, most=365)
ILL_LINK_VIEWS = ENVIRONMENT.integer("ILL_LINK_VIEWS", 10, least=0, most=1000)
FILE_UPLOAD_HANDLERS = [
    "illservice.documents.doors.UploadLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

STATIC_URL = "/static/"
STATIC_ROOT = ILL_VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
if any(ILL_DOCUMENT_FOLDER.is_relative_to(each) for each in (STATIC_ROOT, *STATICFILES_DIRS)):
    ENVIRONMENT.wrong(
        "ill.E014",
        "ILL_DOCUMENT_FOLDER",
        "lies among the static files, which everybody can read.",
        "Name a folder outside of them, or leave the setting out.",
    )
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# -- API ----------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "illservice.accounts.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "illservice.api.errors.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "illservice",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "IdentifierKindEnum": "illservice.citations.identifiers.IdentifierKind",
        "LoanOrCopyEnum": "requests_app.models.Wanted",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# -- Work in the background ---------------------------------------------------------------------------------
ILL_UNDO_SECONDS = ENVIRONMENT.integer("ILL_UNDO_SECONDS", 10, least=0, most=600)
ILL_DEMO_PASSWORD = ENVIRONMENT.text("ILL_DEMO_PASSWORD", "demo-password")
ILL_ISO18626_MAX_BYTES = ENVIRONMENT.integer("ILL_ISO18626_MAX_BYTES", 100_000, least=10_000, most=10_000_000)
ILL_WEBHOOK_PRIVATE = ENVIRONMENT.networks("ILL_WEBHOOK_PRIVATE")
# A service that is reached by http stands on one machine or in one house: there its partners may be neighbours.
ILL_EXCHANGE_PRIVATE = ENVIRONMENT.networks("ILL_EXCHANGE_PRIVATE") or (
    () if ILL_BASE_URL.startswith("https:") else (ip_network("0.0.0.0/0"), ip_network("::/0"))
)
ILL_RING = True  # tests switch the bell off and deliver by hand

CELERY_BROKER_URL = REDIS_LOCATION.replace("unix://", "redis+socket://", 1)
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE = True
CELERY_TASK_ACKS_ON_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_TIME_LIMIT = 120  # seconds
CELERY_TASK_SOFT_TIME_LIMIT = 90  # seconds
CELERY_TASK_IGNORE_RESULT = True  # what became of a task stands in our own tables
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_VISIBILITY_TIMEOUT = 600  # seconds; longer than a task may take, the same in every process
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    # With the default (10) a task of a killed worker comes back only after minutes.
    "unacked_restore_throttle": 1,
    "unacked_restore_interval": 10,
    "socket_connect_timeout": 3,
    "socket_timeout": 15,
    "socket_keepalive": True,
    "global_keyprefix": "ill:",
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_BEAT_SCHEDULER = "illservice.celery:Clock"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "ill_core.sweep", "schedule": 15.0, "options": {"expires": 15}},
}

# -- Logs: times in UTC, no names, addresses or titles --------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "CRITICAL"},  # it would write user names and addresses
        "django.request": {"level": "ERROR"},  # paths may hold card numbers; core.refusals names the route
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}

ENVIRONMENT.stop_on_problems()

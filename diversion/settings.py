"""Django's settings: one file for every deployment; what differs comes from ``diversion.environment``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF

from diversion.environment import database, surroundings

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = surroundings()

SECRET_KEY = ENV.secret_key
# What was signed or encrypted with a former key stays readable until it is written anew.
SECRET_KEY_FALLBACKS = ENV.former_keys()
DEBUG = False
ALLOWED_HOSTS = ENV.hosts()
CSRF_TRUSTED_ORIGINS = ENV.origins()

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_vite",
    "csp",
    "pgtrigger",
    "procrastinate.contrib.django",
    "hospitals",
    "diversion",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "diversion.operations.health.before_sessions",
    # Before sessions and languages of the reader: what is public depends on nobody.
    "diversion.public.pages.apart",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "diversion.accounts.middleware.second_factor_first",
]

ROOT_URLCONF = "diversion.urls"
ASGI_APPLICATION = "diversion.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "frontend" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database(ENV.database_url, pool_max=ENV.database_pool_max)}
REDIS_URL = ENV.redis_url
# Counts of failed logins and of requests, shared by all processes; what happens without Valkey: see the module.
CACHES = {
    "default": {
        "BACKEND": "diversion.accounts.cache.CountingCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "diversion:counts",
    }
}
# Signs exports of the log; empty where this process makes none.
LOG_SIGNING_KEY = ENV.log_signing_key
RATE_LIMIT = ENV.rate_limit
SOCKETS_PER_KEY = ENV.sockets_per_key
# Where a message may send its reader; empty if nobody has said.
PUBLIC_URL = ENV.public_url
# Where devices may be reached besides the services of the browsers' makers (diversion.reaching.push).
PUSH_SERVICES = ENV.further_push_services()

# Journey times and the street map (diversion.journeys, diversion.maps); None where there is neither.
OSRM_URL = ENV.osrm_url or None
MAP_FOLDER = Path(ENV.map_folder) if ENV.map_folder else None

# Who runs the machines, and what they have watched (diversion.operations).
OPERATIONS_TOKEN = ENV.operations_token
OPERATIONS_NETWORKS = ENV.networks()
TLS_CERTIFICATE = Path(ENV.tls_certificate) if ENV.tls_certificate else None
WATCHED_FOLDERS = ENV.folders()
DISK_FREE_MB = ENV.disk_free_mb
STANDBYS = ENV.standbys
# A process reads each region's log every second, and screens call themselves delayed after ten.
FEED_BEHIND_SECONDS = 10.0
KEEP_RECEIPTS_DAYS = ENV.keep_receipts_days
KEEP_DELIVERIES_DAYS = ENV.keep_deliveries_days
KEEP_POSITIONS_DAYS = ENV.keep_positions_days

LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "diversion" / "locale"]
USE_I18N = True
USE_TZ = True
# Everything is stored and sent in UTC; screens show Europe/Brussels whatever the device's own zone.
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in [BASE_DIR / "frontend" / "dist"] if path.is_dir()]
# Nothing is collected: the finders serve the build, the admin and allauth as they lie there. Vite's names carry a hash.
WHITENOISE_USE_FINDERS = True
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[-.][0-9A-Za-z_-]{8,}\..+$"
DJANGO_VITE = {
    "default": {"dev_mode": False, "manifest_path": BASE_DIR / "frontend" / "dist" / "manifest.json"},
}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "diversion.accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "/accounts/login/"
# A phone closes its browser when it likes: a login lasts the shift below, not until then. Desks sign out.
ACCOUNT_SESSION_REMEMBER = True
# Per address, then per user name tried; a department shares one address. Cards count a name from one address: their
# codes cannot be guessed, and nobody far away is to close the one way in that is left on the night of a new phone.
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "20/m/ip,10/5m/key",
    "card": "30/5m/ip",
    "card_person": "10/5m/key",
    "enrol": "30/5m/ip",
    # Besides what each way of proving counts for itself, as a login does.
    "reauthenticate": "10/m/user",
}
# Within it, overriding a gate or quarantining a site asks nobody anything. A quarter of an hour: a closed hospital's
# vehicles are decided on in less, so that one proof covers them all; whoever finds an empty desk mostly finds it later.
PROOF_LASTS_S = ENV.proof_lasts_s
MFA_ADAPTER = "diversion.accounts.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
SESSION_ENGINE = "diversion.accounts.sessions"
# A shift lasts up to twelve hours; nobody is thrown out of the picture in the middle of one.
SESSION_COOKIE_AGE = 13 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = ENV.https
# Over TLS a browser lets no neighbouring host plant a cookie of these names. In the clear it would refuse them.
if ENV.https:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if ENV.https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = ENV.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.https else None
# Probes and measurements come from inside, to each process at its own port, where there is no TLS.
SECURE_REDIRECT_EXEMPT = [r"^health/", r"^metrics$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # MapLibre keeps rendered icons in blobs; nothing is ever fetched from another host.
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "diversion.api.auth.TokenAuthentication",
        "diversion.api.auth.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["diversion.api.render.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["diversion.api.parse.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "diversion.api.schema.Schema",
    "EXCEPTION_HANDLER": "diversion.api.errors.answer",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ambulance diversion coordinator",
    "DESCRIPTION": "Commands over HTTP; reads as a snapshot and an ordered, resumable feed (see feed/PROTOCOL.md).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "EventKindEnum": "diversion.wire.enumerations.EVENT_KINDS",
        "VehicleKindEnum": "diversion.wire.enumerations.VEHICLES",
        "AuthorKindEnum": "diversion.wire.enumerations.AUTHORS",
        "CallerKindEnum": "diversion.wire.enumerations.CALLERS",
        "DiversionStateEnum": "diversion.wire.enumerations.DIVERSION_STATES",
        "DeclaredStateEnum": "diversion.wire.enumerations.DECLARED_STATES",
        "AmendedStateEnum": "diversion.wire.enumerations.AMENDED_STATES",
        "TransportStateEnum": "diversion.wire.enumerations.TRANSPORT_STATES",
        "OpenedStateEnum": "diversion.wire.enumerations.OPENED_STATES",
        "RedirectStateEnum": "diversion.wire.enumerations.REDIRECT_STATES",
        "NoticeStateEnum": "diversion.wire.enumerations.NOTICE_STATES",
        "PresenceStateEnum": "diversion.wire.enumerations.PRESENCES",
        "ConditionEnum": "diversion.wire.enumerations.SITE_CONDITIONS",
        "IntakeEnum": "diversion.wire.enumerations.INTAKES",
        "SmurBaseEnum": "diversion.wire.enumerations.SMUR_BASES",
        "WalkInsEnum": "diversion.wire.enumerations.WALK_INS",
        "ByeReasonEnum": "diversion.wire.frames.BYE_REASONS",
        "ServiceLevelEnum": "diversion.wire.enumerations.SERVICE_LEVELS",
        "ChecklistAnswerEnum": "diversion.wire.enumerations.CHECKLIST_ANSWERS",
        "QuestionAnswerEnum": "diversion.wire.enumerations.QUESTION_ANSWERS",
        "ReopeningExtentEnum": "diversion.wire.enumerations.REOPENING_EXTENTS",
        "SharedKindEnum": "diversion.wire.enumerations.SHARED_BY",
        "BeatKindEnum": "diversion.wire.enumerations.BEATS",
        "GateNameEnum": "diversion.wire.enumerations.GATE_NAMES",
        "RedirectChoiceEnum": "diversion.wire.enumerations.REDIRECT_CHOICES",
        "DeliveryStateEnum": "diversion.models.channels.DELIVERY_STATES",
        "ChannelMediumEnum": "diversion.wire.enumerations.CHANNEL_MEDIA",
        "ChannelSubjectEnum": "diversion.wire.enumerations.CHANNEL_SUBJECTS",
        "ProposalChoiceEnum": "diversion.wire.enumerations.PROPOSAL_CHOICES",
        "ObjectionEnum": "diversion.wire.enumerations.CREW_OBJECTIONS",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# A body larger than this is no batch of positions; 300 vehicles need about 40 kB.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "diversion.logs.formatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Their lines quote addresses of push services, which are secrets.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
        "django.channels.server": {"level": "WARNING"},
        # Said in our form, not in its own; and no line for each request: addresses may be secrets.
        "uvicorn": {"handlers": ["stderr"], "propagate": False},
        "uvicorn.error": {"handlers": [], "propagate": True},
        "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
        # A line for each job and each beat; what becomes of deliveries is on their rows.
        "procrastinate": {"level": "WARNING"},
        # It quotes addresses, with their credentials; diversion.reaching.sending asks each result for what it needs.
        "apprise": {"handlers": ["nowhere"], "propagate": False},
        "urllib3": {"level": "WARNING"},
    },
}

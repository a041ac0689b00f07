"""Every setting of the portal, driven by the environment; `.env.example` explains each variable."""

import os
import tempfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from policyportal.environment import BROKER_SCHEMES, DATABASE_SCHEMES, KINDS, MAIL_SCHEMES, Environment

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment(BASE_DIR)

# What kind of installation this is. Nothing said means production: the safe side.
PORTAL_ENV = env.choice("PORTAL_ENV", "development" if env.switch("DEBUG", False) else "production", KINDS)
IN_PRODUCTION = PORTAL_ENV == "production"
DEBUG = env.switch("DEBUG", PORTAL_ENV == "development")
PORTAL_DEMO = env.switch("PORTAL_DEMO", PORTAL_ENV == "demo")
if IN_PRODUCTION and DEBUG:
    raise ImproperlyConfigured("DEBUG is on and PORTAL_ENV is production. Debugging pages tell strangers too much.")
if IN_PRODUCTION and PORTAL_DEMO:
    raise ImproperlyConfigured("PORTAL_DEMO is on and PORTAL_ENV is production. The demo signs anybody in.")

DATA_DIR = Path(env.text("PORTAL_DATA", str(BASE_DIR / "data"))).resolve()
DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
SECRET_KEY = env.secret("SECRET_KEY", DATA_DIR, generate=not IN_PRODUCTION)
# Keys of their own, so that one that leaks opens one thing: what seals the history, and what encrypts secrets kept.
AUDIT_KEY = env.secret("AUDIT_KEY", DATA_DIR, generate=not IN_PRODUCTION)
# The first encrypts; the others, with commas, still read what they encrypted before.
ENCRYPTION_KEYS = env.secret("ENCRYPTION_KEYS", DATA_DIR, generate=not IN_PRODUCTION).split(",")

PORT = env.number("PORT", 8000, 1, 65535)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.names("ALLOWED_HOSTS") or ([] if IN_PRODUCTION else LOCAL_HOSTS)
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS is not set. Write the names people open the portal by, with commas.")
# The address that mails link to.
PORTAL_URL = env.website(
    "PORTAL_URL", f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if IN_PRODUCTION else f"http://localhost:{PORT}"
)
CSRF_TRUSTED_ORIGINS = [PORTAL_URL]

# Apps, from the top down: an app imports only from those below it.
INSTALLED_APPS = [
    "policyportal.apps.PortalConfig",
    "incidents.apps.IncidentsConfig",
    "moderation.apps.ModerationConfig",
    "channels_mgmt.apps.ChannelsMgmtConfig",
    "policies.apps.PoliciesConfig",
    "accounts.apps.AccountsConfig",
    "policyportal.lib.apps.LibConfig",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "crispy_forms",
    "simple_history",
    "django_htmx",
    "csp",
    "whitenoise.runserver_nostatic",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "policyportal.apps.CollectedConfig",
]

MIDDLEWARE = [
    # The headers come first, so that every answer passes them: static files, redirects and refusals too.
    "policyportal.middleware.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "policyportal.middleware.MethodsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.middleware.SessionLimitsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.middleware.WorkingSchoolMiddleware",
    "accounts.middleware.WaitMiddleware",
    "accounts.second_step.SecondStepMiddleware",
    "accounts.unlogged.NoLookUnloggedMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "policyportal.urls"
WSGI_APPLICATION = "policyportal.wsgi.application"
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
                "policyportal.context_processors.page",
            ]
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "portal"
CRISPY_TEMPLATE_PACK = "portal"

# People and sign-in.
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"
LOGOUT_REDIRECT_URL = "account_login"
AUTHENTICATION_BACKENDS = ["accounts.backends.EmailBackend"]
# Nobody signs up: people are invited, and an address is proved by its invitation.
ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
# The portal counts guesses itself, in the database.
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "accounts.adapters.SecondStepAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "policyportal"
# A phone's clock may be half a minute off; each code still works once.
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
# A passkey asks for a finger, a face or a PIN, so that it alone is two factors.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# A passkey cannot be guessed, and a whole school signs in from one address.
MFA_RATE_LIMITS = False
SOCIALACCOUNT_ADAPTER = "accounts.adapters.OtherAccountAdapter"
SOCIALACCOUNT_LOGIN_ON_GET = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
# Accounts of Google and Microsoft. Which domains and tenants may be linked is each school's own list.
GOOGLE_CLIENT_ID = env.text("GOOGLE_CLIENT_ID")
GOOGLE_CLIENT_SECRET = env.text("GOOGLE_CLIENT_SECRET")
GOOGLE_ISSUER = "https://accounts.google.com"
MICROSOFT_CLIENT_ID = env.text("MICROSOFT_CLIENT_ID")
MICROSOFT_CLIENT_SECRET = env.text("MICROSOFT_CLIENT_SECRET")
# One tenant at a time, never "common".
MICROSOFT_ISSUER = "https://login.microsoftonline.com/{tenant}/v2.0"
USERSESSIONS_TRACK_ACTIVITY = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.services.passwords.PasswordTokens"
# How long the link to a new password works, in seconds.
PASSWORD_RESET_TIMEOUT = 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
if PORTAL_ENV == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The database: one SQLite file by default, PostgreSQL where DATABASE_URL says so.
database_url = env.address("DATABASE_URL", f"sqlite:///{DATA_DIR / 'policyportal.sqlite3'}", DATABASE_SCHEMES)
DATABASES = {"default": env.reader.db_url_config(database_url)}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"].endswith("sqlite3"):
    # A test's database is thrown away, so it need not survive a power cut.
    synchronous = "OFF" if PORTAL_ENV == "test" else "FULL"
    DATABASE["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous};",
    }
    # In a file, because threads of one in-memory database share locks that real ones do not.
    DATABASE["TEST"] = {"NAME": Path(tempfile.gettempdir()) / f"policyportal-test-{os.getpid()}.sqlite3"}
else:
    # A folder with the server's socket stands for the host when its slashes are written %2F.
    DATABASE["HOST"] = unquote(DATABASE["HOST"])
    DATABASE["CONN_HEALTH_CHECKS"] = True
# Kept between requests: opening even a file anew costs as much as a small page.
DATABASE["CONN_MAX_AGE"] = env.number("CONN_MAX_AGE", 60, 0, 86400)

# The broker and the cache. Without REDIS_URL the bundled broker listens on a socket in the data folder.
REDIS_URL = env.address("REDIS_URL", "", BROKER_SCHEMES)
BROKER_SOCKET = DATA_DIR / "broker.sock"
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "policyportal.cache.PatientRedisCache",
            "LOCATION": REDIS_URL,
            # The processes of a test run share one server, and must not see each other's counts.
            "KEY_PREFIX": f"portal-{os.getpid()}" if PORTAL_ENV == "test" else "portal",
            "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Celery is only the bell: the database keeps the queue, so a message lost is work done later.
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
elif PORTAL_ENV == "test":
    CELERY_BROKER_URL = "memory://"
else:
    CELERY_BROKER_URL = f"redis+socket://{BROKER_SOCKET}"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 60,
    # Unless both are set, a killed worker's task comes back only after minutes.
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    # A broker that hangs may hold a request up for a second, no longer.
    "socket_connect_timeout": 1,
    "socket_timeout": 1,
    "max_retries": 0,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
# On an interval: a clock-face schedule would skip or double an hour when summer time changes.
CELERY_BEAT_SCHEDULE = {"run what is due": {"task": "portal.run_due", "schedule": 60.0}}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

# Words and time.
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True
# An address typed without its scheme is https.
FORMS_URLFIELD_ASSUME_HTTPS = True

# Static files are public; what people attach is not, and no address serves it directly.
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or PORTAL_ENV == "test"
        else "policyportal.storage.HashedStaticStorage"
    },
}
MEDIA_ROOT = DATA_DIR / "files"
MEDIA_URL = ""
FILE_UPLOAD_PERMISSIONS = 0o600
# The guards come first: a file that may not be kept is dropped before another handler holds a byte of it.
FILE_UPLOAD_HANDLERS = [
    "incidents.uploads.ImageryGuard",
    "moderation.uploads.WordsOnlyGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# Mail: into a folder until EMAIL_URL names a server.
EMAIL_FILE_PATH = str(DATA_DIR / "mail")
email_url = env.address("EMAIL_URL", "", MAIL_SCHEMES)
if email_url:
    vars().update(env.reader.email_url_config(email_url))
elif PORTAL_ENV == "test":
    EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
elif IN_PRODUCTION:
    raise ImproperlyConfigured("EMAIL_URL is not set. Write the mail server, such as smtp+tls://name:word@host:587.")
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_TIMEOUT = 10
# How many mails leave in a minute at most: providers refuse whoever sends more.
OUTBOX_PER_MINUTE = env.number("OUTBOX_PER_MINUTE", 60, least=1, most=100_000)
# The part of a Message-ID after the @.
PORTAL_MAIL_DOMAIN = urlsplit(PORTAL_URL).hostname
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"School portal <no-reply@{urlsplit(PORTAL_URL).hostname}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Transport and cookies. Only production insists on https: the others are opened on this machine.
BEHIND_PROXY = env.switch("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = IN_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz"]
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_PRODUCTION
SECURE_HSTS_PRELOAD = IN_PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "__Host-session" if IN_PRODUCTION else "portal-session"
CSRF_COOKIE_NAME = "__Host-csrf" if IN_PRODUCTION else "portal-csrf"
# By this a browser is known again that signed somebody in before; it opens nothing.
KNOWN_BROWSER_COOKIE_NAME = "__Host-browser" if IN_PRODUCTION else "portal-browser"
# A session ends after so long without a request, and after so long whatever happens.
SESSION_IDLE = timedelta(minutes=env.number("SESSION_IDLE", 20, 1, 24 * 60))
SESSION_LONGEST = timedelta(hours=env.number("SESSION_LONGEST", 10, 1, 24))
SESSION_COOKIE_AGE = int(SESSION_LONGEST.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Headers. Nothing is inline and nothing comes from elsewhere, so the policy can be strict.
# Nothing goes to other sites. "no-referrer" would make browsers send "Origin: null" with every form, which is refused.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# What no library sets; a view may set its own.
OTHER_HEADERS = {"Cross-Origin-Resource-Policy": "same-origin", "X-Permitted-Cross-Domain-Policies": "none"}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "img-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: [] for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
}

# Logs go to standard error, where every supervisor looks.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))},
}

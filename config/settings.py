"""Every setting in one file; what people may turn is read from the environment by `config.env`, typed."""

from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

from config import stack
from config.admin_site import UNFOLD as UNFOLD
from config.env import env
from config.roles import ROLE_PERMISSIONS

BASE_DIR = Path(__file__).resolve().parent.parent
RECORD = stack.record()

# --- Django ---------------------------------------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", False, help="Tracebacks in the browser, the debug toolbar; development only")
SECRET_KEY = env.str(
    "SECRET_KEY", RECORD.secret_key, secret=True, help="Signs sessions and cursors; made once in var/ when absent"
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [], help="Former SECRET_KEYs; what they signed stays good")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"], help="Host names the web answers to")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [], help="Origins (https://…) whose forms are accepted")
HTTPS_ONLY = env.bool("HTTPS_ONLY", False, help="Redirect to HTTPS, secure cookies, HSTS; on behind a TLS proxy")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, minimum=0, maximum=10, help="Reverse proxies in front of the web")

INSTALLED_APPS = [
    "config.apps.UnfoldConfig",
    "unfold.contrib.filters",
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "knox",
    "django_celery_beat",
    "django_htmx",
    "silk",
    "performance",
    "prospects",
    "analytics",
]
MIDDLEWARE = [
    "performance.views.health.HealthMiddleware",
    "performance.api.request_ids.RequestIds",
    "performance.metrics.middleware.request_metrics",
    "performance.api.lengths.LengthsRequired",
    "django.middleware.security.SecurityMiddleware",
    "performance.views.security.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "performance.api.compression.middleware.Compression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "performance.flags.silk.SampledSilk",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "performance.limits.middleware.LimitHeaders",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
            ],
        },
    }
]
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = RECORD.directory / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en-us"
TIME_ZONE = env.zone("TIME_ZONE", "UTC", help="Zone that pages show times in; storage is always UTC")
USE_TZ = True

# --- PostgreSQL -----------------------------------------------------------------------------------------------------
DATABASE_URL = env.url(
    "DATABASE_URL",
    RECORD.database_url,
    schemes=["postgres", "postgresql"],
    help="PostgreSQL ≥ 16; when absent the embedded one in var/ is started",
)
DATABASE_POOL_SIZE = env.int(
    "DATABASE_POOL_SIZE", 20, minimum=2, maximum=200, help="Connections a web process may hold"
)
WEB_THREADS = env.int(
    "WEB_THREADS", 6, minimum=1, maximum=64, help="Requests at once in each of the web's two processes"
)
# The role of the process decides its time-outs and whether it pools; the Procfile sets it.
PROCESS_ROLE = env.choice(
    "PROCESS_ROLE",
    "command",
    choices=["web", "worker", "pump", "beat", "command"],
    help="Set by the Procfile",
)
# Seconds that a statement may take, and wait for a lock. Commands may take their time: nobody else waits for them.
_TIMEOUTS = {"web": (15, 3), "worker": (30, 15), "pump": (30, 15), "beat": (30, 15), "command": (0, 0)}
STATEMENT_TIMEOUT_S, LOCK_TIMEOUT_S = _TIMEOUTS[PROCESS_ROLE]
QUERY_SLOW_THRESHOLD = env.int(
    "QUERY_SLOW_THRESHOLD",
    100,
    minimum=1,
    maximum=600_000,
    help="Milliseconds above which SLOW QUERY is logged",
)
MAINTENANCE_TABLES = env.list(
    "MAINTENANCE_TABLES", [], help="More tables that staff may vacuum and analyze than the application's own"
)
DATABASE_MEMORY_MB = env.int(
    "DATABASE_MEMORY_MB",
    0,
    minimum=0,
    maximum=100_000_000,
    help="Memory of PostgreSQL's machine, which advice on its settings goes by; 0 where that is this one",
)
DATABASES = {
    "default": {
        "ENGINE": "performance.database.engine",
        **stack.django_database(DATABASE_URL),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            **stack.libpq_options(DATABASE_URL),
            "connect_timeout": 2,
            # A database that is cut off without a word is noticed within half a minute (where somebody waits for a page
            # within ten seconds), not by the kernel's two hours.
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000 if PROCESS_ROLE == "web" else 30_000,
            "application_name": f"assay-{PROCESS_ROLE}",
            # The values travel beside the statement; what the web asks for again is prepared, and soon planned once for
            # a connection. Not in workers: a plan made while a table was empty would be kept while an import fills it.
            "server_side_binding": True,
            "prepare_threshold": 1 if PROCESS_ROLE == "web" else None,
            "options": f"-c statement_timeout={STATEMENT_TIMEOUT_S}s -c lock_timeout={LOCK_TIMEOUT_S}s"
            " -c idle_in_transaction_session_timeout=30s",
            # The pool is for the web alone: Celery's prefork children would close it at each task.
            **(
                {
                    "pool": {
                        # One for each thread from the start: those who come first come all at once.
                        "min_size": min(WEB_THREADS, DATABASE_POOL_SIZE),
                        "max_size": DATABASE_POOL_SIZE,
                        # Whoever gets none within 3 s is told so (503): twenty that are busy for so long stay so.
                        "timeout": 3,
                        "max_lifetime": 3600,
                        "max_idle": 10,
                    }
                }
                if PROCESS_ROLE == "web"
                else {}
            ),
        },
    }
}

# --- Valkey: cache and broker ---------------------------------------------------------------------------------------
REDIS_URL = env.url(
    "REDIS_URL",
    RECORD.redis_url,
    schemes=["redis", "rediss"],
    help="Valkey or Redis ≥ 7; when absent the embedded Valkey in var/ is started",
)
REDIS_MAX_CONNECTIONS = env.int(
    "REDIS_MAX_CONNECTIONS", 50, minimum=2, maximum=1000, help="Connections a process may hold to Valkey"
)
CACHE_ENABLED = env.bool("CACHE_ENABLED", True, help="Off: every read goes to the database")
CACHE_DEFAULT_TTL = env.int("CACHE_DEFAULT_TTL", 1800, minimum=1, maximum=2_592_000, help="Seconds")
CACHE_LIST_TTL = env.int("CACHE_LIST_TTL", 300, minimum=1, maximum=86_400, help="Seconds of lists and details")
CACHE_NEGATIVE_TTL = env.int("CACHE_NEGATIVE_TTL", 30, minimum=1, maximum=86_400, help='Seconds of "there is no such"')
CACHE_STALE_TTL = env.int(
    "CACHE_STALE_TTL", 30, minimum=0, maximum=86_400, help="Seconds an outlived value serves while one computes it anew"
)
CACHE_LOCAL_TTL = env.int("CACHE_LOCAL_TTL", 60, minimum=1, maximum=86_400, help="Seconds a process keeps its own copy")
CACHE_LOCAL_ENTRIES = env.int(
    "CACHE_LOCAL_ENTRIES", 10_000, minimum=0, maximum=10_000_000, help="Values a process keeps itself; 0 for none"
)
CACHE_LOCAL_MB = env.int("CACHE_LOCAL_MB", 32, minimum=1, maximum=65_536, help="Memory for these in each process")
CACHE_MAX_VALUE_KB = env.int("CACHE_MAX_VALUE_KB", 1024, minimum=1, maximum=32_768, help="Larger values aren't cached")
CACHE_COMPRESS_ABOVE = env.int(
    "CACHE_COMPRESS_ABOVE",
    1024,
    minimum=64,
    maximum=1_000_000,
    help="Bytes above which values in Valkey are compressed",
)
CACHES: dict[str, dict[str, object]] = {
    "default": {
        "BACKEND": "performance.cache.backend.LayeredCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": CACHE_DEFAULT_TTL,
        "KEY_PREFIX": "assay",
        "OPTIONS": {
            "CONNECTION_POOL_KWARGS": {"max_connections": REDIS_MAX_CONNECTIONS},
            # A cache that takes longer is none: the database has answered by then.
            "SOCKET_CONNECT_TIMEOUT": 0.5,
            "SOCKET_TIMEOUT": 0.5,
            # Never pickle: the store is shared, and a pickle from a shared store runs code.
            "SERIALIZER": "performance.cache.backend.Packing",
            "IGNORE_EXCEPTIONS": True,
        },
    }
}
# Limits count in Valkey even where nothing is cached.
CACHES["limits"] = {
    **CACHES["default"],
    "BACKEND": "django_redis.cache.RedisCache",
    "KEY_PREFIX": "assay-limits",
    "OPTIONS": {
        "SERIALIZER": "django_redis.serializers.json.JSONSerializer",
        "IGNORE_EXCEPTIONS": True,
        "SOCKET_CONNECT_TIMEOUT": 1,
        "SOCKET_TIMEOUT": 1,
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True

# --- Celery: the wake-up; the rows in performance.jobs are the queue --------------------------------------------------
# Imported by who wakes a worker, so that commands which wake none don't load Celery.
WAKE_UP_APP = "config.celery.app"
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ANNOTATIONS = ["performance.queues.annotations.SurviveALostChild"]
CELERY_TASK_DEFAULT_QUEUE = "maintenance"
CELERY_TASK_CREATE_MISSING_QUEUES = True
CELERY_TASK_SOFT_TIME_LIMIT = 600
CELERY_TASK_TIME_LIMIT = 900
CELERY_WORKER_PREFETCH_MULTIPLIER = env.int(
    "CELERY_WORKER_PREFETCH_MULTIPLIER",
    1,
    minimum=1,
    maximum=64,
    help="Messages a worker child may hold unstarted",
)
CELERY_WORKER_MAX_TASKS_PER_CHILD = env.int(
    "CELERY_WORKER_MAX_TASKS_PER_CHILD",
    1000,
    minimum=1,
    maximum=1_000_000,
    help="Tasks before a child is replaced",
)
MAX_MEMORY_MB = env.int(
    "MAX_MEMORY_MB",
    512,
    minimum=128,
    maximum=65_536,
    help="A worker child above this is replaced after its task",
)
CELERY_WORKER_MAX_MEMORY_PER_CHILD = MAX_MEMORY_MB * 1024
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = True
CELERY_TASK_SEND_SENT_EVENT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# For ever: by itself Celery ends after a hundred attempts, which is within the hour, and the web beside it goes along.
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "priority_steps": [0, 3, 6, 9],
    # Above the longest task, or a task runs twice; a lost message is noticed after 2 s, not 100 s.
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    # Of the publishing side, which else tries for 6 s while somebody waits for a page: the pump repeats a wake-up.
    "max_retries": 0,
}
# The wake-up of durable work goes to its kind's queue; the other tasks have a fixed place.
CELERY_TASK_ROUTES = [
    "performance.jobs.wake.route",
    {
        "performance.*": {"queue": "maintenance"},
        "prospects.*": {"queue": "imports"},
        "analytics.*": {"queue": "reports"},
    },
]
WORKER_CONCURRENCY_IO = env.int(
    "WORKER_CONCURRENCY_IO",
    2,
    minimum=1,
    maximum=64,
    help="Worker processes for qualification, research, networks and webhooks",
)
WORKER_CONCURRENCY_FILES = env.int(
    "WORKER_CONCURRENCY_FILES",
    1,
    minimum=1,
    maximum=64,
    help="Worker processes for imports, reports and maintenance",
)
WORKER_GROUP = env.choice("WORKER_GROUP", "io", choices=["io", "files"], help="Set by the Procfile")
CELERY_WORKER_CONCURRENCY = WORKER_CONCURRENCY_IO if WORKER_GROUP == "io" else WORKER_CONCURRENCY_FILES
CELERY_BEAT_SCHEDULER = "performance.queues.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "expire-rows": {"task": "performance.tasks.expire_rows", "schedule": timedelta(hours=1)},
    "archive-due": {"task": "performance.tasks.archive_due", "schedule": timedelta(minutes=1)},
    "hunt-regressions": {"task": "performance.tasks.hunt_regressions", "schedule": timedelta(minutes=10)},
    "prune-silk": {"task": "performance.tasks.prune_silk", "schedule": timedelta(minutes=5)},
    "warm-cache": {"task": "performance.tasks.warm_cache", "schedule": timedelta(minutes=1)},
    "keep-up-search": {"task": "prospects.tasks.keep_up_search", "schedule": timedelta(seconds=15)},
    "index-pages": {"task": "prospects.tasks.index_pages", "schedule": timedelta(seconds=15)},
    "follow-research": {"task": "prospects.tasks.follow_research", "schedule": timedelta(seconds=15)},
    "expire-pages": {"task": "prospects.tasks.expire_pages", "schedule": timedelta(hours=1)},
}
QUEUES = ["qualification", "research", "imports", "reports", "networks", "webhooks", "maintenance"]

# --- Durable jobs ---------------------------------------------------------------------------------------------------
JOB_LEASE_S = env.int(
    "JOB_LEASE_S", 60, minimum=2, maximum=3600, help="Seconds a worker may hold a job without renewing"
)
JOB_MAX_IN_FLIGHT = env.int(
    "JOB_MAX_IN_FLIGHT", 1000, minimum=1, maximum=10_000, help="Jobs in flight in the whole installation"
)
# Paid replies wait here while the database is out; see performance/jobs/spill.py.
JOB_SPILL_DIRECTORY = RECORD.directory / "spill"
BATCH_SIZE = env.int("BATCH_SIZE", 5, minimum=1, maximum=20, help="Prospects a parallel batch qualifies at once")
BATCH_PARALLEL = env.int("BATCH_PARALLEL", 10, minimum=1, maximum=200, help="Parallel batches of a run")
BATCH_RETRIES = env.int("BATCH_RETRIES", 2, minimum=0, maximum=10, help="Retries of a failed job")

# --- The LLM --------------------------------------------------------------------------------------------------------
OPENAI_API_KEY = env.str("OPENAI_API_KEY", "", secret=True, help="Without it (and no base URL) the rubric qualifies")
OPENAI_BASE_URL = env.url(
    "OPENAI_BASE_URL", "", help="Any OpenAI-compatible endpoint; trusted, as the operator sets it"
)
OPENAI_MODEL = env.str("OPENAI_MODEL", "gpt-5-mini", help="Model that qualifies when a run names none")
LLM_TIMEOUT_S = env.float("LLM_TIMEOUT_S", 30.0, minimum=0.1, maximum=600.0, help="Seconds one LLM call may take")
LLM_CACHE_TTL = env.int(
    "LLM_CACHE_TTL", 3600, minimum=0, maximum=2_592_000, help="Seconds another run's answer may be used again"
)
ICP_GENERATION_TTL = env.int(
    "ICP_GENERATION_TTL",
    3600,
    minimum=0,
    maximum=2_592_000,
    help="Seconds a generated profile answers the same description again",
)
LLM_BREAKER_PAUSE_S = env.float(
    "LLM_BREAKER_PAUSE_S",
    60.0,
    minimum=1.0,
    maximum=86_400.0,
    help="Seconds an LLM endpoint may keep failing before its runs are paused",
)
RUN_BUDGET_USD = env.float("RUN_BUDGET_USD", 1.0, minimum=0.0, maximum=1_000_000.0, help="Default cap of a run's spend")
COMPANY_BUDGET_USD = env.float(
    "COMPANY_BUDGET_USD", 1.0, minimum=0.0, maximum=1_000.0, help="Most that the research of one company may cost"
)

# --- Research: the web, asked politely ------------------------------------------------------------------------------
CRAWL_USER_AGENT = env.str("CRAWL_USER_AGENT", "", help="How crawls name themselves; when absent AssayBot/<version>")
CRAWL_CONTACT_URL = env.url("CRAWL_CONTACT_URL", "", help="Where sites can read who crawls them; in the user agent")
MAX_CONCURRENT_EXTRACTIONS = env.int(
    "MAX_CONCURRENT_EXTRACTIONS", 5, minimum=1, maximum=200, help="Companies a batch researches at once"
)
MAX_CONCURRENT_SEARCHES = env.int(
    "MAX_CONCURRENT_SEARCHES", 10, minimum=1, maximum=200, help="Web searches at once in a worker process"
)
MAX_CONCURRENT_CRAWLS = env.int(
    "MAX_CONCURRENT_CRAWLS", 8, minimum=1, maximum=200, help="Sites crawled at once in a worker process"
)
CRAWL_DELAY_MS = env.int(
    "CRAWL_DELAY_MS",
    250,
    minimum=0,
    maximum=60_000,
    help="Milliseconds between requests to a host; robots may ask more",
)
CRAWL_MAX_PAGES = env.int("CRAWL_MAX_PAGES", 25, minimum=1, maximum=1000, help="Most pages of one crawl")
CRAWL_MAX_MB = env.int("CRAWL_MAX_MB", 8, minimum=1, maximum=1024, help="Most that one crawl reads")
CRAWL_ALLOW = env.list("CRAWL_ALLOW", [], help="Domains that may be crawled; when absent all but those of CRAWL_DENY")
CRAWL_DENY = env.list("CRAWL_DENY", [], help="Domains that are never crawled")
DOMAIN_ANALYSIS_TTL = env.int(
    "DOMAIN_ANALYSIS_TTL", 3600, minimum=0, maximum=2_592_000, help="Seconds a company's research answers for another"
)
COMPANY_TTL = env.int(
    "COMPANY_TTL", 86_400, minimum=0, maximum=31_536_000, help="Seconds a page that was read isn't fetched again"
)
SEARCH_CACHE_TTL = env.int(
    "SEARCH_CACHE_TTL", 21_600, minimum=0, maximum=2_592_000, help="Seconds an engine's answer may be used again"
)
SEARCH_ENGINE = env.choice(
    "SEARCH_ENGINE",
    "",
    choices=["searxng", "serper", "google", "file"],
    help="Engine that is asked first; when absent the first that is set up",
)
SEARXNG_URL = env.url("SEARXNG_URL", "", help="A SearXNG with JSON switched on; trusted, as the operator sets it")
SERPER_API_KEY = env.str("SERPER_API_KEY", "", secret=True, help="Key for serper.dev")
GOOGLE_SEARCH_KEY = env.str("GOOGLE_SEARCH_KEY", "", secret=True, help="Key for Google's Programmable Search Engine")
GOOGLE_SEARCH_CX = env.str("GOOGLE_SEARCH_CX", "", help="Its engine's id")
SEARCH_FILE = env.str("SEARCH_FILE", "", help="A file of answers that serves as an engine; see docs/search.md")
SEARCH_PER_DAY = env.int(
    "SEARCH_PER_DAY", 10_000, minimum=0, maximum=100_000_000, help="Most paid calls a day to each engine"
)
PAGE_RETENTION_DAYS = env.int(
    "PAGE_RETENTION_DAYS", 180, minimum=1, maximum=3650, help="Days that pages are kept after they were last read"
)

# --- API ------------------------------------------------------------------------------------------------------------
PAGINATION_DEFAULT_PER_PAGE = env.int("PAGINATION_DEFAULT_PER_PAGE", 50, minimum=1, maximum=500, help="Rows a page")
PAGINATION_MAX_PER_PAGE = env.int("PAGINATION_MAX_PER_PAGE", 500, minimum=1, maximum=5000, help="Most rows a page")
BULK_INSERT_CHUNK_SIZE = env.int(
    "BULK_INSERT_CHUNK_SIZE", 4000, minimum=1, maximum=100_000, help="Rows a bulk write sends at once"
)
# Read by the process that serves (`config.stack.serve`), as WEB_THREADS is; declared here, for the table of settings.
env.str("WEB_HOST", "127.0.0.1", help="Address that the web listens on")
env.int("PORT", None, minimum=1, maximum=65_535, help="Port of the web; 8000 or the next free one")
UPLOAD_MAX_MB = env.int("UPLOAD_MAX_MB", 200, minimum=1, maximum=10_240, help="Largest file an import accepts")
COMPRESSION_ENABLED = env.bool("COMPRESSION_ENABLED", True, help="Compress answers as clients ask for it")
COMPRESSION_THRESHOLD = env.int(
    "COMPRESSION_THRESHOLD", 1024, minimum=0, maximum=10_485_760, help="Bytes below which answers go as they are"
)
COMPRESSION_LEVEL = env.int(
    "COMPRESSION_LEVEL", 6, minimum=1, maximum=9, help="As gzip counts; zstd and br get levels of about its CPU"
)
COMPRESSION_EXCLUDED_PATHS = env.list("COMPRESSION_EXCLUDED_PATHS", [], help="Paths that are never compressed")
# What users name (webhooks, pages) is asked there; see performance/outbound.
ALLOWED_PRIVATE_NETWORKS = env.networks("ALLOWED_PRIVATE_NETWORKS", [], help="Private networks users may name (CIDRs)")
OUTBOUND_PORTS = env.ports("OUTBOUND_PORTS", [80, 443], help="Ports that addresses named by users may have")
PUBLIC_URL = env.url("PUBLIC_URL", "", help="Where people reach this installation; links in webhooks begin with it")
RATE_LIMIT_ENABLED = env.bool("RATE_LIMIT_ENABLED", True, help="Limits on login, forms and API")
RATE_LIMIT_PER_MINUTE = env.int(
    "RATE_LIMIT_PER_MINUTE", 100, minimum=1, maximum=1_000_000, help="API requests a client"
)
QUALIFY_RATE_PER_MINUTE = env.int(
    "QUALIFY_RATE_PER_MINUTE", 10, minimum=1, maximum=1_000_000, help="Qualification runs a client may ask for"
)
ANALYSIS_RATE_PER_MINUTE = env.int(
    "ANALYSIS_RATE_PER_MINUTE", 20, minimum=1, maximum=1_000_000, help="Analyses a client may ask for"
)
SEARCH_RATE_PER_MINUTE = env.int(
    "SEARCH_RATE_PER_MINUTE", 10, minimum=1, maximum=1_000_000, help="Web searches a client may ask for"
)
CRAWL_RATE_PER_MINUTE = env.int(
    "CRAWL_RATE_PER_MINUTE", 5, minimum=1, maximum=1_000_000, help="Crawls a client may ask for"
)
NETWORKS_RATE_PER_HOUR = env.int(
    "NETWORKS_RATE_PER_HOUR", 5, minimum=1, maximum=1_000_000, help="Networks a client may ask for"
)
WEBHOOK_TEST_RATE_PER_MINUTE = env.int(
    "WEBHOOK_TEST_RATE_PER_MINUTE", 10, minimum=1, maximum=1_000_000, help="Tests of endpoints a client may ask for"
)
# What a view's `limit` may name: (requests, seconds). Staff set others for a user or a token in the admin (allowances).
RATE_LIMITS = {
    "api": (RATE_LIMIT_PER_MINUTE, 60),
    "qualify": (QUALIFY_RATE_PER_MINUTE, 60),
    "analysis": (ANALYSIS_RATE_PER_MINUTE, 60),
    "search": (SEARCH_RATE_PER_MINUTE, 60),
    "crawl": (CRAWL_RATE_PER_MINUTE, 60),
    "networks": (NETWORKS_RATE_PER_HOUR, 3600),
    "webhook_test": (WEBHOOK_TEST_RATE_PER_MINUTE, 60),
}
RATELIMIT_ENABLE = RATE_LIMIT_ENABLED
RATELIMIT_USE_CACHE = "limits"
# Valkey down must not lock everybody out: each process counts for itself then (`performance.limits.forms`).
RATELIMIT_FAIL_OPEN = True
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "performance.access.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["performance.access.permissions.RoleAndScope"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_THROTTLE_CLASSES": ["performance.limits.throttle.ClientThrottle"],
    "DEFAULT_SCHEMA_CLASS": "performance.api.schema.Schema",
    "DEFAULT_RENDERER_CLASSES": ["performance.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "performance.api.parsing.BoundedJSONParser",
        "performance.api.parsing.BoundedMultiPartParser",
    ],
    "DEFAULT_METADATA_CLASS": "performance.api.metadata.Metadata",
    # `format` is a filter of exports; who wants another media type says so in Accept.
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "performance.api.problems.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "AUTO_REFRESH": False, "TOKEN_LIMIT_PER_USER": None}
KNOX_TOKEN_MODEL = "performance.ApiToken"  # noqa: S105 - the name of a model, no password
# knox's migrations make a table for the model that ours replaces; nothing would ever empty or use it.
MIGRATION_MODULES = {"knox": None}
SPECTACULAR_SETTINGS = {
    "TITLE": "Assay",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # The page of the schema comes with its scripts: no request leaves for a CDN. (Redoc's would, for its fonts.)
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SORT_OPERATION_PARAMETERS": False,
    "PATH_CONVERTER_OVERRIDES": {"name": str},
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "performance.api.schema_headers.say_headers",
    ],
    "ENUM_NAME_OVERRIDES": {
        "FitLevelEnum": "prospects.qualification.models.FitLevel",
        "QualifierEnum": "prospects.qualification.models.Qualifier",
        "BatchStateEnum": "performance.jobs.models.Batch.State",
        "JobStateEnum": "performance.jobs.models.Job.State",
        "ImportStateEnum": "prospects.intake.models.Import.State",
        "AlertStateEnum": "performance.alerts.models.Alert.State",
        "AlertSeverityEnum": "performance.alerts.models.Severity",
        "ArchivalActionEnum": "performance.database.archival.models.Action",
        "MaintenanceActionEnum": "performance.database.tables.models.MaintenanceRun.Action",
        "LevelEnum": "performance.console.shapes.LEVELS",
        "AdviceMethodEnum": "performance.database.indexes.advice.METHODS",
        "DeliveryStateEnum": "performance.webhooks.models.WebhookDelivery.State",
        "PageOutcomeEnum": "prospects.pages.models.Page.Outcome",
        "CrawlStateEnum": "prospects.crawl.models.CrawlJob.State",
        "ChosenQualifierEnum": "prospects.api.serializers.qualify.QUALIFIERS",
    },
}

# --- People ---------------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "performance.User"
AUTHENTICATION_BACKENDS = ["performance.access.backends.LimitedModelBackend"]
ROLES = ROLE_PERMISSIONS
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard"
LOGOUT_REDIRECT_URL = "login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Security headers -----------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "performance.files.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# --- Logging --------------------------------------------------------------------------------------------------------
LOG_LEVEL = env.choice(
    "LOG_LEVEL",
    "INFO",
    choices=["DEBUG", "INFO", "WARNING", "ERROR"],
    help="Least severe line that is logged",
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "performance.api.request_ids.RequestIdFilter"}},
    "formatters": {"line": {"format": "{asctime} {levelname} {name} [{request_id}] {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # A line for every LLM call would cost more than the call's own bookkeeping.
    "loggers": {"httpx2": {"level": "WARNING"}},
}

# --- Mail: about alerts ---------------------------------------------------------------------------------------------
EMAIL_HOST = env.str("EMAIL_HOST", "", help="Mail server; without it no e-mail is sent")
EMAIL_PORT = env.int("EMAIL_PORT", 587, minimum=1, maximum=65_535, help="Its port")
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "", help="User name for it, if it asks for one")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "", secret=True, help="Password for it")
EMAIL_SECURITY = env.choice(
    "EMAIL_SECURITY", "starttls", choices=["starttls", "tls", "none"], help="How it is spoken to"
)
EMAIL_USE_TLS, EMAIL_USE_SSL = EMAIL_SECURITY == "starttls", EMAIL_SECURITY == "tls"
# Of each step; a duty waits for it, and with it the others.
EMAIL_TIMEOUT = 5
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "assay@localhost", help="Whom e-mails are from")
ALERT_EMAILS = env.list("ALERT_EMAILS", [], help="Who is told of alerts by e-mail")

# --- Instruments ----------------------------------------------------------------------------------------------------
METRICS_RETENTION_HOURS = env.int(
    "METRICS_RETENTION_HOURS", 24, minimum=2, maximum=8760, help="Hours that measurements by the minute are kept"
)
METRICS_HOURLY_DAYS = env.int(
    "METRICS_HOURLY_DAYS", 90, minimum=32, maximum=3650, help="Days that measurements by the hour are kept"
)
METRICS_DAILY_DAYS = env.int(
    "METRICS_DAILY_DAYS", 1825, minimum=90, maximum=3650, help="Days that measurements by the day are kept"
)
RELEASE = env.str("RELEASE", "", help="The code's version, as deploys are marked; when absent the commit checked out")
# Silk's own middleware costs 40-155 µs a request even at 0 %: `performance.flags.silk` calls it only for the sample
# that staff ask for by the flag.
SILKY_MIDDLEWARE_CLASS = "performance.flags.silk.SampledSilk"
SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True
# Statements are recorded with their parameters, keys of sessions among them: for those who may switch it on.
SILKY_PERMISSIONS = lambda user: user.is_staff and user.has_perm("performance.change_flag")  # noqa: E731
SILKY_MAX_REQUEST_BODY_SIZE = 0
SILKY_MAX_RESPONSE_BODY_SIZE = 0
SILKY_MAX_RECORDED_REQUESTS = 10_000
# Not within a request: `performance.flags.pruning` does it by beat.
SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT = 0

# The toolbar is a development dependency, and shows itself only to INTERNAL_IPS while DEBUG is on.
TOOLBAR_ENABLED = DEBUG and find_spec("debug_toolbar") is not None
INTERNAL_IPS = ["127.0.0.1", "::1"]
if TOOLBAR_ENABLED:
    INSTALLED_APPS.append("debug_toolbar")
    MIDDLEWARE.insert(2, "debug_toolbar.middleware.DebugToolbarMiddleware")

# For `manage.py settings_table`, which writes the README's table.
ENVIRONMENT = env.declared

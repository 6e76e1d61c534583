import django.contrib.auth.models
import django.contrib.auth.validators
import django.contrib.postgres.fields
import django.contrib.postgres.functions
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.datetime
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import performance.database.indexes.advice
import performance.limits.models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="DatabaseConsole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "permissions": [
                    ("analyze_query", "Can have statements planned"),
                    ("cancel_backend", "Can cancel and end sessions of the database"),
                ],
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AlertRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("title", models.CharField(max_length=120)),
                ("signal", models.CharField(max_length=60)),
                (
                    "labels",
                    models.JSONField(
                        blank=True, default=dict, help_text='Only what has these labels, such as {"queue": "io"}'
                    ),
                ),
                (
                    "split_by",
                    models.CharField(blank=True, help_text="A label: an alert for each of its values", max_length=40),
                ),
                ("is_above", models.BooleanField(default=True, help_text="Bad above the thresholds; else below")),
                ("warning", models.FloatField(blank=True, null=True)),
                ("critical", models.FloatField(blank=True, null=True)),
                (
                    "clear",
                    models.FloatField(
                        blank=True, help_text="What it must come back to; empty: where it isn't bad", null=True
                    ),
                ),
                ("window_s", models.PositiveIntegerField(default=300, help_text="Seconds that are looked at")),
                (
                    "short_window_s",
                    models.PositiveIntegerField(blank=True, help_text="Of a burn rate: seconds, the last", null=True),
                ),
                (
                    "objective",
                    models.FloatField(
                        blank=True, help_text="0.99: one of a hundred may fail; for burn rates", null=True
                    ),
                ),
                (
                    "least",
                    models.PositiveIntegerField(
                        default=0, help_text="Requests, tasks … in the window, below which it's unknown"
                    ),
                ),
                (
                    "for_s",
                    models.PositiveIntegerField(default=0, help_text="Seconds that it must be bad before it fires"),
                ),
                (
                    "clear_s",
                    models.PositiveIntegerField(
                        default=60, help_text="Seconds that it must be well before it is resolved"
                    ),
                ),
                ("runbook", models.TextField(blank=True, help_text="What to do")),
                ("is_enabled", models.BooleanField(default=True)),
                ("by_email", models.BooleanField(default=True)),
                ("by_webhook", models.BooleanField(default=True)),
                ("is_builtin", models.BooleanField(default=False, editable=False)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("warning__isnull", False), ("critical__isnull", False), _connector="OR"),
                        name="alertrule_has_a_threshold",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("objective__isnull", True), ("short_window_s__isnull", True)),
                            models.Q(
                                ("objective__gt", 0),
                                ("objective__lt", 1),
                                ("short_window_s__gt", 0),
                                ("short_window_s__lte", models.F("window_s")),
                            ),
                            _connector="OR",
                        ),
                        name="alertrule_burns_over_two_windows",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("window_s__gt", 0)), name="alertrule_looks_at_some_time"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DeadTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("task_id", models.CharField(max_length=155, unique=True)),
                ("task", models.CharField(max_length=200)),
                ("queue", models.CharField(max_length=100)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("failed", "Failed"),
                            ("time_limit", "Time Limit"),
                            ("worker_lost", "Worker Lost"),
                            ("purged", "Purged"),
                        ],
                        max_length=12,
                    ),
                ),
                ("arguments", models.JSONField(default=dict)),
                ("is_replayable", models.BooleanField(default=True)),
                ("priority", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("error", models.CharField(blank=True, help_text="The exception's class", max_length=200)),
                ("message", models.TextField(blank=True)),
                ("traceback", models.TextField(blank=True)),
                ("retries", models.PositiveIntegerField(default=0)),
                ("runtime_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, max_length=200)),
                ("failed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("retry_of", models.CharField(blank=True, max_length=155)),
                ("retried_at", models.DateTimeField(blank=True, null=True)),
                ("retried_as", models.CharField(blank=True, max_length=155)),
                ("retried_by", models.CharField(blank=True, max_length=150)),
                ("replayed_at", models.DateTimeField(blank=True, help_text="When the replay was sent", null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["queue", "-failed_at", "-id"], name="deadtask_queue_failed"),
                    models.Index(fields=["failed_at"], name="deadtask_failed"),
                    models.Index(
                        condition=models.Q(("retried_at__isnull", True)),
                        fields=["queue", "why"],
                        name="deadtask_unanswered",
                    ),
                    models.Index(
                        condition=models.Q(("replayed_at__isnull", True), ("retried_at__isnull", False)),
                        fields=["retried_at", "id"],
                        name="deadtask_to_replay",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["failed", "time_limit", "worker_lost", "purged"])),
                        name="deadtask_why_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("replayed_at__isnull", True), ("retried_as", ""), ("retried_at__isnull", True)),
                            models.Q(("retried_at__isnull", False), models.Q(("retried_as", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="deadtask_retried_under_an_id",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Deploy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.CharField(max_length=100)),
                ("host", models.CharField(blank=True, max_length=100)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="deploy_at")],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=60, unique=True)),
                ("description", models.CharField(blank=True, max_length=255)),
                (
                    "rollout",
                    models.CharField(
                        choices=[("off", "Off"), ("on", "On"), ("staff", "Staff"), ("percentage", "Percentage")],
                        default="off",
                        max_length=12,
                    ),
                ),
                (
                    "percentage",
                    models.PositiveSmallIntegerField(
                        default=0, validators=[django.core.validators.MaxValueValidator(100)]
                    ),
                ),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("percentage__lte", 100)), name="flag_percentage_at_most_100"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rollout__in", ["off", "on", "staff", "percentage"])),
                        name="flag_rollout_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IndexReview",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("hypothetical", "hypothetical"),
                            ("heuristic", "heuristic"),
                            ("catalogue", "catalogue"),
                        ],
                        default=performance.database.indexes.advice.Method["HEURISTIC"],
                        max_length=20,
                    ),
                ),
                ("since", models.DateTimeField(help_text="The statements have been counted since", null=True)),
                ("statements", models.IntegerField(default=0)),
                ("total_ms", models.FloatField(default=0)),
                ("unread", models.IntegerField(default=0, help_text="Statements that weren't understood")),
                ("unread_ms", models.FloatField(default=0)),
                ("refusal", models.TextField(blank=True, help_text="Why there is no advice")),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="indexreview_only_one")],
            },
        ),
        migrations.CreateModel(
            name="MetricBucket",
            fields=[
                ("metric", models.CharField(max_length=100)),
                ("period_s", models.IntegerField(choices=[(60, "Minute"), (3600, "Hour"), (86400, "Day")])),
                ("bucket", models.DateTimeField(help_text="When the minute, hour or day (UTC) began")),
                ("n", models.BigIntegerField()),
                ("total", models.FloatField()),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("bins", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("counts", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "metric",
                        "period_s",
                        "bucket",
                        "labels_hash",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("labels_hash", models.BigIntegerField()),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("bins__len", models.F("counts__len"))), name="metricbucket_bins_have_counts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricFlush",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("oldest", models.DateTimeField()),
                ("is_rolled_up", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="MetricLabels",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("metric", models.CharField(max_length=100)),
                ("labels_hash", models.BigIntegerField()),
                ("labels", models.JSONField()),
                ("seen_at", models.DateTimeField(help_text="Within the hour")),
            ],
            options={
                "indexes": [
                    models.Index(
                        django.db.models.fields.json.KeyTextTransform("shape", "labels"),
                        condition=models.Q(("metric", "sql.statement_ms")),
                        name="metriclabels_shape",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("metric", "labels_hash"), name="metriclabels_metric_hash_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="MetricTotal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "metric", "labels_hash", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("metric", models.CharField(max_length=100)),
                ("labels_hash", models.BigIntegerField()),
                ("labels", models.JSONField()),
                ("n", models.BigIntegerField()),
                ("total", models.FloatField()),
                ("bins", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("counts", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="MetricWhole",
            fields=[
                ("metric", models.CharField(max_length=100)),
                ("period_s", models.IntegerField(choices=[(60, "Minute"), (3600, "Hour"), (86400, "Day")])),
                ("bucket", models.DateTimeField(help_text="When the minute, hour or day (UTC) began")),
                ("n", models.BigIntegerField()),
                ("total", models.FloatField()),
                ("low", models.FloatField(null=True)),
                ("high", models.FloatField(null=True)),
                ("bins", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
                ("counts", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "metric", "period_s", "bucket", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("bins__len", models.F("counts__len"))), name="metricwhole_bins_have_counts"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ProcessSample",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "at", "host", "pid", "began_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField(help_text="The minute")),
                ("host", models.CharField(max_length=64)),
                ("pid", models.PositiveIntegerField()),
                ("began_at", models.DateTimeField()),
                ("role", models.CharField(max_length=20)),
                ("memory_low_mb", models.FloatField(help_text="MiB resident, the least of the minute", null=True)),
                ("memory_high_mb", models.FloatField(null=True)),
                ("cpu_n", models.PositiveIntegerField(default=0)),
                ("cpu_total", models.FloatField(default=0.0, help_text="Sum of cpu_n shares, of which 1 is a core")),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("memory_low_mb__lte", models.F("memory_high_mb"))),
                        name="processsample_low_not_above_high",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("queryid", models.BigIntegerField()),
                ("dbid", models.BigIntegerField()),
                ("userid", models.BigIntegerField()),
                ("role", models.CharField(blank=True, max_length=63)),
                ("text", models.TextField()),
                ("shape", models.CharField(blank=True, max_length=16)),
                ("is_own", models.BooleanField(default=False)),
                ("first_seen_at", models.DateTimeField()),
                ("p95_ms", models.FloatField(null=True)),
                ("p95_before_ms", models.FloatField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("shape", ""), _negated=True), fields=["shape"], name="statement_shape"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("queryid", "dbid", "userid"), name="statement_identity_unique")
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementDelta",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "period_s",
                        "bucket",
                        "statement_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("period_s", models.IntegerField(choices=[(60, "Minute"), (3600, "Hour"), (86400, "Day")])),
                ("bucket", models.DateTimeField(help_text="When the minute, hour or day (UTC) began")),
                ("statement_id", models.BigIntegerField()),
                ("calls", models.BigIntegerField()),
                ("total_ms", models.FloatField()),
                ("plan_ms", models.FloatField()),
                ("min_ms", models.FloatField(null=True)),
                ("max_ms", models.FloatField(null=True)),
                ("rows", models.BigIntegerField()),
                ("shared_hit", models.BigIntegerField(help_text="Blocks that were in the buffers")),
                ("shared_read", models.BigIntegerField(help_text="Blocks that had to be read")),
                ("temp_blocks", models.BigIntegerField(help_text="Blocks of temporary files, read and written")),
                ("wal_bytes", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["statement_id", "period_s", "bucket"], name="statementdelta_history")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("calls__gt", 0)), name="statementdelta_was_called"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("min_ms", None), ("max_ms", None), ("min_ms__lte", models.F("max_ms")), _connector="OR"
                        ),
                        name="statementdelta_extremes",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StatementSnapshot",
            fields=[
                ("at", models.DateTimeField(primary_key=True, serialize=False)),
                ("stats_reset", models.DateTimeField(null=True)),
                ("deallocations", models.BigIntegerField()),
                ("entries", models.IntegerField()),
                ("most_entries", models.IntegerField(help_text="pg_stat_statements.max")),
                ("calls", models.BigIntegerField(default=0)),
                ("total_ms", models.FloatField(default=0.0)),
            ],
        ),
        migrations.CreateModel(
            name="TableSample",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "relation",
                        "period_s",
                        "taken_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("relation", models.CharField(help_text="schema.table", max_length=130)),
                ("period_s", models.IntegerField(choices=[(3600, "Hour"), (86400, "Day")])),
                ("taken_at", models.DateTimeField()),
                ("bytes", models.BigIntegerField(help_text="With indexes and TOAST")),
                ("index_bytes", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("blocks_hit", models.BigIntegerField()),
                ("blocks_read", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["period_s", "taken_at"], name="tablesample_period_taken_at")],
            },
        ),
        migrations.CreateModel(
            name="Warming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("release", models.CharField(blank=True, max_length=12)),
                ("began_at", models.DateTimeField()),
                ("took_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("values", models.PositiveIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "permissions": [
                    ("view_cache", "Can see what the cache does"),
                    ("operate_cache", "Can warm the cache and drop what is in it"),
                ],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("message_id", models.CharField(max_length=40, unique=True)),
                ("type", models.CharField(max_length=60)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="webhookevent_created")],
            },
        ),
        migrations.CreateModel(
            name="Worker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100, unique=True)),
                ("role", models.CharField(max_length=20)),
                ("host", models.CharField(max_length=100)),
                ("pid", models.PositiveIntegerField()),
                ("queues", models.JSONField(blank=True, default=list)),
                ("in_flight", models.PositiveIntegerField(default=0)),
                ("memory_mb", models.PositiveIntegerField(default=0)),
                ("started_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="worker_seen")],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "username",
                    models.CharField(
                        error_messages={"unique": "A user with that username already exists."},
                        help_text="Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.",
                        max_length=150,
                        unique=True,
                        validators=[django.contrib.auth.validators.UnicodeUsernameValidator()],
                        verbose_name="username",
                    ),
                ),
                ("first_name", models.CharField(blank=True, max_length=150, verbose_name="first name")),
                ("last_name", models.CharField(blank=True, max_length=150, verbose_name="last name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="email address")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False,
                        help_text="Designates whether the user can log into this admin site.",
                        verbose_name="staff status",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Designates whether this user should be treated as active. Unselect this instead of deleting accounts.",
                        verbose_name="active",
                    ),
                ),
                ("date_joined", models.DateTimeField(default=django.utils.timezone.now, verbose_name="date joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "abstract": False,
            },
            managers=[
                ("objects", django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("digest", models.CharField(max_length=128, primary_key=True, serialize=False)),
                ("token_key", models.CharField(db_index=True, max_length=25)),
                ("created", models.DateTimeField(auto_now_add=True)),
                ("expiry", models.DateTimeField(blank=True, null=True)),
                ("name", models.CharField(blank=True, max_length=100)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=100), blank=True, default=list, size=None
                    ),
                ),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="auth_token_set",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API token",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("expiry__isnull", False)), name="apitoken_has_expiry")
                ],
            },
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("policy", models.CharField(choices=performance.limits.models.policy_choices, max_length=30)),
                (
                    "tokens",
                    models.PositiveIntegerField(
                        validators=[django.core.validators.MinValueValidator(1)], verbose_name="requests"
                    ),
                ),
                (
                    "period_s",
                    models.PositiveIntegerField(
                        default=60, validators=[django.core.validators.MinValueValidator(1)], verbose_name="in seconds"
                    ),
                ),
                (
                    "burst",
                    models.PositiveIntegerField(
                        blank=True,
                        help_text="How many may come at once after a rest; empty: as many as in the whole period.",
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="at once",
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="Why it differs.", max_length=255)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Whose requests these are, with any of their tokens that has no allowance of its own.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "token",
                    models.ForeignKey(
                        blank=True,
                        help_text="Instead of a user: what comes with this token.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.KNOX_TOKEN_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("token__isnull", True), ("user__isnull", False)),
                            models.Q(("token__isnull", False), ("user__isnull", True)),
                            _connector="OR",
                        ),
                        name="allowance_of_a_user_or_a_token",
                        violation_error_message="An allowance is either a user's or a token's.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("period_s__range", (1, 86400)), ("tokens__range", (1, 1000000))),
                        name="allowance_within_bounds",
                        violation_error_message="1 to 1,000,000 requests in 1 to 86,400 seconds.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("burst__isnull", True), ("burst__range", (1, 1000000)), _connector="OR"),
                        name="allowance_burst_within_bounds",
                        violation_error_message="1 to 1,000,000 at once.",
                    ),
                    models.UniqueConstraint(
                        fields=("policy", "user"),
                        name="allowance_policy_user",
                        violation_error_message="This user has an allowance of that limit already.",
                    ),
                    models.UniqueConstraint(
                        fields=("policy", "token"),
                        name="allowance_policy_token",
                        violation_error_message="This token has an allowance of that limit already.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivalHold",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("target", models.CharField(max_length=60)),
                ("subject_kind", models.CharField(blank=True, max_length=60)),
                ("subject_id", models.CharField(blank=True, max_length=200)),
                ("condition", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=500)),
                ("placed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lift_reason", models.CharField(blank=True, max_length=500)),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "placed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("target", "subject_kind", "subject_id", "condition"),
                        name="archivalhold_once_in_force",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject_id", ""), ("subject_kind", "")),
                            models.Q(
                                models.Q(("subject_kind", ""), _negated=True),
                                models.Q(("subject_id", ""), _negated=True),
                                ("condition", ""),
                            ),
                            _connector="OR",
                        ),
                        name="archivalhold_of_a_subject_or_a_condition",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(
                                models.Q(("lift_reason", ""), ("lifted_at__isnull", True)),
                                models.Q(("lifted_at__isnull", False), models.Q(("lift_reason", ""), _negated=True)),
                                _connector="OR",
                            ),
                        ),
                        name="archivalhold_with_reasons",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_at__isnull", True), ("lifted_at__gte", models.F("placed_at")), _connector="OR"
                        ),
                        name="archivalhold_lifted_after_placed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivalPolicy",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=60, unique=True)),
                ("target", models.CharField(max_length=60)),
                (
                    "action",
                    models.CharField(choices=[("move", "Move"), ("copy", "Copy"), ("delete", "Delete")], max_length=10),
                ),
                ("older_than_days", models.PositiveIntegerField(verbose_name="older than, in days")),
                ("condition", models.CharField(blank=True, max_length=60)),
                (
                    "cron",
                    models.CharField(
                        blank=True,
                        help_text="As in cron, such as 30 3 * * *; empty: only when asked",
                        max_length=100,
                        verbose_name="schedule",
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(blank=True, help_text="Of the schedule; empty: TIME_ZONE", max_length=60),
                ),
                ("is_enabled", models.BooleanField(default=True)),
                ("due_from", models.DateTimeField()),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "archival policies",
                "permissions": [("archive", "Can move, copy, delete and restore old rows")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["move", "copy", "delete"])),
                        name="archivalpolicy_action_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("older_than_days__range", (1, 36500))),
                        name="archivalpolicy_age_within_bounds",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("actor_name", models.CharField(blank=True, max_length=150)),
                (
                    "via",
                    models.CharField(choices=[("api", "Api"), ("page", "Page"), ("command", "Command")], max_length=10),
                ),
                ("action", models.CharField(help_text="noun.verb, such as cache.invalidate", max_length=60)),
                ("subject", models.CharField(blank=True, help_text="What it was done to", max_length=300)),
                (
                    "outcome",
                    models.CharField(
                        choices=[("begun", "Begun"), ("done", "Done"), ("refused", "Refused")], max_length=10
                    ),
                ),
                ("reason", models.CharField(blank=True, help_text="Why it was refused", max_length=500)),
                ("details", models.JSONField(blank=True, default=dict)),
                ("request_id", models.CharField(blank=True, max_length=100)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "audit entries",
                "indexes": [
                    models.Index(fields=["-at"], name="auditentry_at"),
                    models.Index(fields=["subject", "-at"], name="auditentry_subject_at"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome__in", ["begun", "done"]), ("reason", "")),
                            models.Q(("outcome", "refused"), models.Q(("reason", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="auditentry_refused_with_a_reason",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Batch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("title", models.CharField(blank=True, max_length=255)),
                ("params", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("running", "Running"),
                            ("paused", "Paused"),
                            ("finished", "Finished"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="running",
                        max_length=10,
                    ),
                ),
                ("pause_code", models.CharField(blank=True, max_length=40)),
                ("pause_reason", models.TextField(blank=True)),
                ("cancel_requested_at", models.DateTimeField(blank=True, null=True)),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        choices=[(0, "Urgent"), (3, "High"), (6, "Normal"), (9, "Low")], default=6
                    ),
                ),
                ("concurrency", models.PositiveIntegerField(default=50)),
                ("delay_ms", models.PositiveIntegerField(default=0)),
                ("max_attempts", models.PositiveSmallIntegerField(default=3)),
                (
                    "on_unknown",
                    models.CharField(choices=[("park", "Park"), ("retry", "Retry")], default="park", max_length=5),
                ),
                ("fingerprint", models.CharField(blank=True, max_length=64)),
                ("budget_micros", models.BigIntegerField(default=0)),
                ("reserved_micros", models.BigIntegerField(default=0)),
                ("spent_micros", models.BigIntegerField(default=0)),
                ("saved_micros", models.BigIntegerField(default=0)),
                ("calls", models.PositiveIntegerField(default=0)),
                ("ledger_hits", models.PositiveIntegerField(default=0)),
                ("total", models.PositiveIntegerField(default=0)),
                ("succeeded", models.PositiveIntegerField(default=0)),
                ("dead", models.PositiveIntegerField(default=0)),
                ("parked", models.PositiveIntegerField(default=0)),
                ("cancelled", models.PositiveIntegerField(default=0)),
                ("peak_memory_mb", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="batches",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "batches",
                "permissions": [("operate_jobs", "Can pause, resume, cancel, retry and redrive jobs")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["running", "paused"])),
                        fields=["priority", "id"],
                        name="batch_active",
                    ),
                    models.Index(fields=["kind", "-created_at"], name="batch_kind_created"),
                    models.Index(fields=["owner", "-created_at"], name="batch_owner_created"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reserved_micros__gte", 0), ("spent_micros__gte", 0), ("budget_micros__gte", 0)
                        ),
                        name="batch_money_not_negative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "total__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("succeeded"), "+", models.F("dead")
                                        ),
                                        "+",
                                        models.F("parked"),
                                    ),
                                    "+",
                                    models.F("cancelled"),
                                ),
                            )
                        ),
                        name="batch_counts_within_total",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "paused", "finished", "cancelled"])),
                        name="batch_state_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("state__in", ["running", "paused"]), models.Q(("fingerprint", ""), _negated=True)
                        ),
                        fields=("kind", "fingerprint"),
                        name="batch_active_fingerprint",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivalRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("policy_name", models.CharField(blank=True, max_length=60)),
                (
                    "work",
                    models.CharField(
                        choices=[("move", "Move"), ("copy", "Copy"), ("delete", "Delete"), ("restore", "Restore")],
                        max_length=10,
                    ),
                ),
                ("target", models.CharField(max_length=60)),
                ("condition", models.CharField(blank=True, max_length=60)),
                ("older_than_days", models.PositiveIntegerField()),
                ("cutoff", models.DateTimeField()),
                ("since", models.DateTimeField(blank=True, null=True)),
                ("looked_at", models.DateTimeField(blank=True, null=True)),
                ("is_scheduled", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("finished", "Finished"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("cursor", models.JSONField(blank=True, default=list)),
                ("chunks", models.PositiveIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("child_rows", models.BigIntegerField(default=0)),
                ("expected_rows", models.BigIntegerField(blank=True, null=True)),
                (
                    "row_bytes",
                    models.FloatField(default=0.0, help_text="What a row weighs with what hangs on it, by estimate"),
                ),
                ("raw_bytes", models.BigIntegerField(default=0, help_text="Of the archived rows as CSV")),
                ("stored_bytes", models.BigIntegerField(default=0, help_text="Of the archive, compressed")),
                ("error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "policy",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="performance.archivalpolicy",
                    ),
                ),
                (
                    "restores",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="restorations",
                        to="performance.archivalrun",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.batch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["policy", "-id"], name="archivalrun_policy"),
                    models.Index(fields=["target", "-id"], name="archivalrun_target"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["waiting", "running"])),
                        fields=("target",),
                        name="archivalrun_one_active_a_target",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state__in", ["waiting", "running"])),
                            models.Q(
                                ("finished_at__isnull", False), ("state__in", ["finished", "failed", "cancelled"])
                            ),
                            _connector="OR",
                        ),
                        name="archivalrun_finished_iff_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "failed"), models.Q(("error", ""), _negated=True)),
                            models.Q(models.Q(("state", "failed"), _negated=True), ("error", "")),
                            _connector="OR",
                        ),
                        name="archivalrun_failed_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("restores__isnull", False), ("work", "restore")),
                            models.Q(models.Q(("work", "restore"), _negated=True), ("restores__isnull", True)),
                            _connector="OR",
                        ),
                        name="archivalrun_restores_iff_restore",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BenchmarkRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(blank=True, max_length=30)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("running", "Running"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                (
                    "seen_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), help_text="Its worker was alive then"
                    ),
                ),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("machine", models.JSONField(blank=True, default=dict)),
                ("figures", models.JSONField(blank=True, default=list)),
                ("says", models.CharField(blank=True, max_length=500)),
                (
                    "asked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("run_benchmark", "Can have the machine measured, which keeps it busy for minutes")],
                "indexes": [models.Index(fields=["-created_at"], name="benchmarkrun_created")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["queued", "running", "done", "failed"])),
                        name="benchmarkrun_state_known",
                    ),
                    models.UniqueConstraint(
                        models.Value(1),
                        condition=models.Q(("state__in", ["queued", "running"])),
                        name="benchmarkrun_one_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("request_hash", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("location", models.CharField(blank=True, max_length=500)),
                ("body", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="idempotencykey_created")],
                "constraints": [models.UniqueConstraint(fields=("owner", "key"), name="idempotencykey_owner_key")],
            },
        ),
        migrations.CreateModel(
            name="IndexAdvice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=16, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("create", "create"),
                            ("foreign_key", "foreign key"),
                            ("unused", "unused"),
                            ("duplicate", "duplicate"),
                            ("redundant", "redundant"),
                            ("invalid", "invalid"),
                            ("rewrite", "rewrite"),
                            ("n_plus_one", "n plus one"),
                        ],
                        max_length=20,
                    ),
                ),
                ("table", models.CharField(max_length=140)),
                ("title", models.TextField()),
                ("says", models.TextField()),
                ("action", models.TextField()),
                (
                    "severity",
                    models.CharField(choices=[("high", "high"), ("medium", "medium"), ("low", "low")], max_length=10),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            ("hypothetical", "hypothetical"),
                            ("heuristic", "heuristic"),
                            ("catalogue", "catalogue"),
                        ],
                        help_text="How the gain is known",
                        max_length=20,
                    ),
                ),
                ("gain_ms", models.FloatField(help_text="Saved in a day, by estimate")),
                ("write_ms", models.FloatField(help_text="Spent by writes in a day; below 0, spared")),
                ("size_bytes", models.BigIntegerField(help_text="Taken, or given back by one that goes")),
                ("statements", models.JSONField(default=list)),
                ("indexes", models.JSONField(default=list)),
                ("index", models.CharField(blank=True, help_text="The one that it is about", max_length=63)),
                ("migration", models.TextField(blank=True)),
                ("first_seen_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("shown_from", models.DateTimeField(help_text="From then on there is evidence enough")),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("applied", "Applied"), ("dismissed", "Dismissed")],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("state_at", models.DateTimeField(blank=True, null=True)),
                (
                    "state_by_name",
                    models.CharField(blank=True, help_text="Nobody: it was seen to be done", max_length=150),
                ),
                ("why", models.CharField(blank=True, max_length=500)),
                ("before", models.JSONField(default=list)),
                (
                    "state_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "index advice",
                "permissions": [("advise_indexes", "Can mark advice on indexes as applied or dismissed")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "open"), ("state_at", None)),
                            models.Q(models.Q(("state", "open"), _negated=True), ("state_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="indexadvice_settled_at_a_time",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(max_length=60)),
                ("subject_id", models.BigIntegerField()),
                ("input", models.JSONField(blank=True, default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("ready", "Ready"),
                            ("leased", "Leased"),
                            ("succeeded", "Succeeded"),
                            ("parked", "Parked"),
                            ("dead", "Dead"),
                            ("cancelled", "Cancelled"),
                        ],
                        db_default="ready",
                        default="ready",
                        max_length=10,
                    ),
                ),
                ("available_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("fence", models.PositiveIntegerField(db_default=0, default=0)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("worker", models.CharField(blank=True, db_default="", max_length=100)),
                ("attempts", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("interruptions", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("cohort_limit", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("parked_key", models.CharField(blank=True, db_default="", max_length=64)),
                ("error_code", models.CharField(blank=True, db_default="", max_length=40)),
                ("error", models.TextField(blank=True, db_default="")),
                ("cost_micros", models.BigIntegerField(db_default=0, default=0)),
                ("ledger_hits", models.PositiveSmallIntegerField(db_default=0, default=0)),
                ("created_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("run_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="jobs",
                        to="performance.batch",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "ready")), fields=["batch", "available_at", "id"], name="job_ready"
                    ),
                    models.Index(condition=models.Q(("state", "leased")), fields=["lease_until"], name="job_leased"),
                    models.Index(
                        condition=models.Q(("finished_at__isnull", False)),
                        fields=["batch", "finished_at"],
                        name="job_lately",
                    ),
                    models.Index(
                        condition=models.Q(
                            ("error", ""), ("state__in", ("ready", "leased", "succeeded", "cancelled")), _negated=True
                        ),
                        fields=["batch", "state"],
                        name="job_troubled",
                    ),
                    models.Index(
                        condition=models.Q(("state", "dead")), fields=["-finished_at", "-id"], name="job_dead"
                    ),
                    models.Index(condition=models.Q(("state", "parked")), fields=["parked_key"], name="job_parked_key"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "subject_id"), name="job_batch_subject"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["ready", "leased", "succeeded", "parked", "dead", "cancelled"])
                        ),
                        name="job_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("lease_until__isnull", False), ("state", "leased")),
                            models.Q(models.Q(("state", "leased"), _negated=True), ("lease_until__isnull", True)),
                            _connector="OR",
                        ),
                        name="job_lease_iff_leased",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MaintenanceRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("relation", models.CharField(help_text="schema.table", max_length=130)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("vacuum", "Vacuum"),
                            ("analyze", "Analyze"),
                            ("vacuum_analyze", "Vacuum and analyze"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("refused", "Refused"),
                            ("lost", "Lost"),
                        ],
                        default="queued",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("backend_pid", models.IntegerField(blank=True, null=True)),
                ("backend_start", models.DateTimeField(blank=True, null=True)),
                ("phase", models.CharField(blank=True, help_text="As PostgreSQL names it", max_length=60)),
                ("progress", models.FloatField(default=0.0, help_text="0 to 1")),
                ("error", models.CharField(blank=True, max_length=500)),
                ("bytes_before", models.BigIntegerField(blank=True, null=True)),
                ("bytes_after", models.BigIntegerField(blank=True, null=True)),
                ("dead_rows_before", models.BigIntegerField(blank=True, null=True)),
                ("dead_rows_after", models.BigIntegerField(blank=True, null=True)),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [("optimize_table", "Can vacuum and analyze tables")],
                "indexes": [models.Index(fields=["relation", "-id"], name="maintenancerun_history")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("queued", "running"))),
                        fields=("relation",),
                        name="maintenancerun_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state__in", ("queued", "running"))),
                            models.Q(
                                models.Q(("state__in", ("queued", "running")), _negated=True),
                                ("finished_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="maintenancerun_finished_iff_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("error", ""), ("state__in", ["queued", "running", "done"])),
                            models.Q(
                                ("state__in", ["failed", "refused", "lost"]), models.Q(("error", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="maintenancerun_says_what_went_wrong",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "running"), _negated=True),
                            models.Q(("backend_pid__isnull", False), ("backend_start__isnull", False)),
                            _connector="OR",
                        ),
                        name="maintenancerun_running_in_a_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__range", (0, 1))), name="maintenancerun_progress_is_a_share"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaidCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=64)),
                ("generation", models.PositiveIntegerField(default=1)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reserved", "Reserved"),
                            ("sent", "Sent"),
                            ("succeeded", "Succeeded"),
                            ("failed", "Failed"),
                            ("unknown", "Unknown"),
                        ],
                        default="reserved",
                        max_length=10,
                    ),
                ),
                ("fence", models.PositiveIntegerField(default=0)),
                ("is_repeatable", models.BooleanField(default=False)),
                ("purpose", models.CharField(blank=True, max_length=60)),
                ("model", models.CharField(blank=True, max_length=120)),
                ("response", models.JSONField(blank=True, null=True)),
                ("error", models.TextField(blank=True)),
                ("estimate_micros", models.BigIntegerField(default=0)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("input_tokens", models.PositiveIntegerField(default=0)),
                ("output_tokens", models.PositiveIntegerField(default=0)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("reserved_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("deadline_at", models.DateTimeField(blank=True, null=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("latency_ms", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="paid_calls",
                        to="performance.batch",
                    ),
                ),
                (
                    "job",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="paid_calls",
                        to="performance.job",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["batch", "state"], name="paidcall_batch_state"),
                    models.Index(condition=models.Q(("state", "sent")), fields=["deadline_at"], name="paidcall_sent"),
                    models.Index(condition=models.Q(("state", "reserved")), fields=["job"], name="paidcall_reserved"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("key", "generation"), name="paidcall_key_generation"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["reserved", "sent", "succeeded", "failed", "unknown"])),
                        name="paidcall_state_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="QueueState",
            fields=[
                ("queue", models.CharField(max_length=100, primary_key=True, serialize=False)),
                ("paused_at", models.DateTimeField(blank=True, null=True)),
                ("until", models.DateTimeField(blank=True, help_text="Works again by itself from then on", null=True)),
                ("is_draining", models.BooleanField(default=False, help_text="Somebody waits for what is in flight")),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("by_name", models.CharField(blank=True, max_length=150)),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "permissions": [
                    ("operate_queues", "Can pause, resume and drain queues, and retry what failed"),
                    ("purge_queues", "Can purge queues"),
                    ("schedule_tasks", "Can change what runs when"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("paused_at__isnull", False),
                            models.Q(("is_draining", False), ("reason", ""), ("until__isnull", True)),
                            _connector="OR",
                        ),
                        name="queuestate_facts_of_a_pause",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Regression",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("endpoint", "Endpoint"), ("query", "Query"), ("statement", "Statement")],
                        max_length=10,
                    ),
                ),
                ("subject", models.CharField(max_length=300)),
                (
                    "title",
                    models.CharField(
                        blank=True, help_text="Of a query: how it begins, and whose it is", max_length=300
                    ),
                ),
                (
                    "step_s",
                    models.PositiveIntegerField(
                        help_text="Seconds of a point: it changed within so much of `changed_at`"
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("before_ms", models.FloatField()),
                ("after_ms", models.FloatField()),
                ("change", models.FloatField()),
                ("p", models.FloatField()),
                ("calls_per_hour", models.FloatField(default=0.0, help_text="Since it changed")),
                ("found_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(blank=True, help_text="When it was as before again", null=True)),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deploy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="regressions",
                        to="performance.deploy",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-changed_at", "-id"], name="regression_changed")],
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "subject", "changed_at", "step_s"), name="regression_once"),
                    models.CheckConstraint(condition=models.Q(("before_ms__gt", 0)), name="regression_from_something"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RunnerSlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("share", models.PositiveIntegerField()),
                ("granted", models.PositiveIntegerField(default=0)),
                ("holder", models.CharField(blank=True, max_length=100)),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
                ("freed_at", models.DateTimeField(db_default=django.contrib.postgres.functions.TransactionNow())),
                (
                    "batch",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="slots", to="performance.batch"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("batch", "number"), name="runnerslot_batch_number"),
                    models.CheckConstraint(
                        condition=models.Q(("granted__lte", models.F("share"))), name="runnerslot_granted_within_share"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("granted", 0), ("holder", ""), ("lease_until__isnull", True)),
                            models.Q(models.Q(("holder", ""), _negated=True), ("lease_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="runnerslot_lease_iff_held",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Silence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.CharField(blank=True, max_length=20)),
                ("reason", models.CharField(max_length=500)),
                ("created_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="silences",
                        to="performance.alertrule",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["ends_at"], name="silence_ends")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("area", ""), ("rule__isnull", False)),
                            models.Q(("rule__isnull", True), models.Q(("area", ""), _negated=True)),
                            _connector="OR",
                        ),
                        name="silence_of_a_rule_or_an_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gte", models.F("created_at"))),
                        name="silence_ends_after_it_begins",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)),
                        fields=["expires_at"],
                        name="storedfile_expires",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ArchivalSegment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("chunk", models.PositiveIntegerField()),
                ("place", models.PositiveSmallIntegerField()),
                ("table", models.CharField(max_length=130)),
                ("columns", models.JSONField()),
                ("rows", models.PositiveIntegerField()),
                ("raw_bytes", models.BigIntegerField()),
                ("checksum", models.CharField(max_length=40)),
                (
                    "restored_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.archivalrun",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="segments",
                        to="performance.archivalrun",
                    ),
                ),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="performance.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("run", "chunk", "place"), name="archivalsegment_run_chunk_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="FileChunk",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "file",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="chunks", to="performance.storedfile"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("file", "position"), name="filechunk_file_position")],
            },
        ),
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.CharField(max_length=2000, verbose_name="URL")),
                ("description", models.CharField(blank=True, max_length=255)),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("is_active", models.BooleanField(default=True)),
                ("disabled_at", models.DateTimeField(blank=True, null=True)),
                ("disabled_reason", models.CharField(blank=True, max_length=500)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("disabled_at__isnull", True), ("disabled_reason", ""), ("is_active", True)),
                            models.Q(
                                ("disabled_at__isnull", False),
                                ("is_active", False),
                                models.Q(("disabled_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="webhookendpoint_disabled_with_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("failing_since__isnull", True), ("failures", 0)),
                            models.Q(("failing_since__isnull", False), ("failures__gt", 0)),
                            _connector="OR",
                        ),
                        name="webhookendpoint_failing_since_its_first_failure",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_test", models.BooleanField(default=False)),
                ("is_repeat", models.BooleanField(default=False)),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("delivered", "Delivered"), ("failed", "Failed")],
                        default="pending",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("created_at", models.DateTimeField()),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.batch",
                    ),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="performance.webhookendpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="performance.webhookevent",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "webhook deliveries",
                "indexes": [
                    models.Index(fields=["endpoint", "-id"], name="webhookdelivery_history"),
                    models.Index(
                        condition=models.Q(("state", "pending")), fields=["batch"], name="webhookdelivery_pending"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_repeat", False), ("is_test", False)),
                        fields=("event", "endpoint"),
                        name="webhookdelivery_one_an_event_and_endpoint",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_at__isnull", True), ("state", "pending")),
                            models.Q(("finished_at__isnull", False), ("state__in", ["delivered", "failed"])),
                            _connector="OR",
                        ),
                        name="webhookdelivery_finished_iff_not_pending",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField()),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("elapsed_ms", models.PositiveIntegerField()),
                ("code", models.CharField(blank=True, max_length=40)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("reply", models.TextField(blank=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="history",
                        to="performance.webhookdelivery",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("delivery", "number"), name="webhookattempt_delivery_number")
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookSecret",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("salt", models.CharField(max_length=64)),
                ("mark", models.CharField(max_length=32)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="secrets",
                        to="performance.webhookendpoint",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("expires_at__isnull", True)),
                        fields=("endpoint",),
                        name="webhooksecret_one_newest",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Alert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(help_text="The rule's", max_length=60)),
                ("title", models.CharField(max_length=120)),
                ("signal", models.CharField(max_length=60)),
                ("area", models.CharField(max_length=20)),
                ("unit", models.CharField(max_length=20)),
                ("labels", models.JSONField(default=dict)),
                ("labels_key", models.CharField(blank=True, max_length=255)),
                (
                    "state",
                    models.CharField(
                        choices=[("pending", "Pending"), ("firing", "Firing"), ("resolved", "Resolved")], max_length=10
                    ),
                ),
                (
                    "severity",
                    models.CharField(choices=[("warning", "Warning"), ("critical", "Critical")], max_length=10),
                ),
                ("value", models.FloatField(help_text="At the last look; null: unknown", null=True)),
                ("worst", models.FloatField()),
                ("threshold", models.FloatField()),
                ("bad_s", models.FloatField(null=True)),
                ("critical_s", models.FloatField(null=True)),
                ("clear_s", models.FloatField(null=True)),
                ("unknown_s", models.FloatField(null=True)),
                ("is_flapping", models.BooleanField(default=False)),
                ("pending_at", models.DateTimeField()),
                ("fired_at", models.DateTimeField(null=True)),
                ("resolved_at", models.DateTimeField(null=True)),
                ("resolved_because", models.CharField(blank=True, max_length=120)),
                ("seen_at", models.DateTimeField(help_text="The last look")),
                ("told_severity", models.CharField(blank=True, max_length=10)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledgement", models.CharField(blank=True, max_length=500)),
                (
                    "acknowledged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "rule",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="alerts",
                        to="performance.alertrule",
                    ),
                ),
            ],
            options={
                "permissions": [("operate_alerts", "Can acknowledge and silence alerts")],
                "indexes": [
                    models.Index(
                        condition=models.Q(("fired_at__isnull", False)), fields=["-fired_at"], name="alert_fired"
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["pending", "firing"])), fields=["state"], name="alert_open"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["pending", "firing"])),
                        fields=("rule", "labels_key"),
                        name="alert_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("fired_at__isnull", True), ("resolved_at__isnull", True), ("state", "pending")),
                            models.Q(("fired_at__isnull", False), ("resolved_at__isnull", True), ("state", "firing")),
                            models.Q(
                                ("fired_at__isnull", False), ("resolved_at__isnull", False), ("state", "resolved")
                            ),
                            _connector="OR",
                        ),
                        name="alert_times_fit_its_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertTransition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("fired", "Fired"),
                            ("escalated", "Escalated"),
                            ("resolved", "Resolved"),
                            ("acknowledged", "Acknowledged"),
                            ("told", "Told late"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "severity",
                    models.CharField(choices=[("warning", "Warning"), ("critical", "Critical")], max_length=10),
                ),
                ("value", models.FloatField(null=True)),
                ("at", models.DateTimeField()),
                ("note", models.CharField(blank=True, max_length=500)),
                ("webhooks", models.PositiveSmallIntegerField(default=0, help_text="Endpoints that are told")),
                (
                    "alert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="transitions", to="performance.alert"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-at"], name="alerttransition_at")],
            },
        ),
        migrations.CreateModel(
            name="AlertMail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=200)),
                ("body", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("next_attempt_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=500)),
                (
                    "transition",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="mail",
                        to="performance.alerttransition",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["next_attempt_at"], name="alertmail_due"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AlertReading",
            fields=[
                (
                    "rule",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="reading",
                        serialize=False,
                        to="performance.alertrule",
                    ),
                ),
                ("value", models.FloatField(null=True)),
                ("labels", models.JSONField(default=dict)),
                ("level", models.CharField(max_length=10)),
                ("read_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StatementCounters",
            fields=[
                (
                    "statement",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="counters",
                        serialize=False,
                        to="performance.statement",
                    ),
                ),
                (
                    "counted_since",
                    models.DateTimeField(help_text="Null before PostgreSQL 17, which doesn't say", null=True),
                ),
                ("seen_at", models.DateTimeField(help_text="When it last was found to have been called")),
                ("calls", models.BigIntegerField()),
                ("total_ms", models.FloatField()),
                ("plan_ms", models.FloatField()),
                ("min_ms", models.FloatField()),
                ("max_ms", models.FloatField()),
                ("rows", models.BigIntegerField()),
                ("shared_hit", models.BigIntegerField()),
                ("shared_read", models.BigIntegerField()),
                ("temp_blocks", models.BigIntegerField()),
                ("wal_bytes", models.BigIntegerField()),
            ],
        ),
    ]

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import performance.database.plain_json
import prospects.companies.provenance_field


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("performance", "0001_initial"),
        ("performance", "__first__"),
        ("prospects", "0001_extensions"),
    ]

    operations = [
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=300)),
                ("domain", models.CharField(blank=True, max_length=253)),
                ("industry", models.CharField(blank=True, max_length=200)),
                ("description", models.TextField(blank=True)),
                ("employees_min", models.PositiveIntegerField(blank=True, null=True)),
                ("employees_max", models.PositiveIntegerField(blank=True, null=True)),
                ("revenue_min", models.BigIntegerField(blank=True, null=True)),
                ("revenue_max", models.BigIntegerField(blank=True, null=True)),
                ("stage", models.CharField(blank=True, max_length=60)),
                ("funding", models.CharField(blank=True, max_length=60)),
                ("technologies", models.JSONField(blank=True, default=list)),
                ("founded_year", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("street", models.CharField(blank=True, max_length=300)),
                ("city", models.CharField(blank=True, max_length=120)),
                (
                    "region",
                    models.CharField(
                        blank=True, help_text="State or province, as its ISO 3166-2 code or name", max_length=120
                    ),
                ),
                ("postal_code", models.CharField(blank=True, max_length=20)),
                ("country", models.CharField(blank=True, help_text="ISO 3166-1 alpha-2", max_length=2)),
                ("phone", models.CharField(blank=True, help_text="E.164", max_length=20)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("linkedin_url", models.CharField(blank=True, max_length=300)),
                ("registry_number", models.CharField(blank=True, max_length=60)),
                ("provenance", prospects.companies.provenance_field.ProvenanceField(blank=True, default=dict)),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name_plural": "companies",
                "indexes": [
                    models.Index(fields=["name"], name="company_name"),
                    models.Index(fields=["country"], name="company_country"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("employees_min__isnull", True),
                            ("employees_max__isnull", True),
                            ("employees_min__lte", models.F("employees_max")),
                            _connector="OR",
                        ),
                        name="company_employees_ordered",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("revenue_min__isnull", True),
                            ("revenue_max__isnull", True),
                            ("revenue_min__lte", models.F("revenue_max")),
                            _connector="OR",
                        ),
                        name="company_revenue_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyKey",
            fields=[
                ("key", models.CharField(max_length=512, primary_key=True, serialize=False)),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="keys",
                        to="prospects.company",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CrawlHost",
            fields=[
                ("origin", models.CharField(max_length=270, primary_key=True, serialize=False)),
                ("robots", models.BinaryField(null=True)),
                ("robots_code", models.CharField(blank=True, max_length=12)),
                ("robots_at", models.DateTimeField(null=True)),
                ("delay_ms", models.PositiveIntegerField(default=0)),
                ("sitemaps", performance.database.plain_json.PlainJSONField(default=list)),
                ("holder", models.CharField(blank=True, max_length=100)),
                ("leased_until", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CrawlJob",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("site", models.CharField(max_length=253)),
                ("seeds", performance.database.plain_json.PlainJSONField(default=list)),
                ("options", performance.database.plain_json.PlainJSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("done", "Done"),
                            ("failed", "Failed"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="queued",
                        max_length=9,
                    ),
                ),
                ("stop_reason", models.CharField(blank=True, max_length=20)),
                ("says", models.CharField(blank=True, max_length=300)),
                ("fetched", models.PositiveIntegerField(default=0)),
                ("new", models.PositiveIntegerField(default=0)),
                ("same", models.PositiveIntegerField(default=0)),
                ("changed", models.PositiveIntegerField(default=0)),
                ("removed", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("failed", models.PositiveIntegerField(default=0)),
                ("byte_count", models.BigIntegerField(default=0)),
                ("took_ms", models.PositiveIntegerField(default=0)),
                ("refusals", performance.database.plain_json.PlainJSONField(default=list)),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.batch",
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="crawls",
                        to="prospects.company",
                    ),
                ),
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
                    models.Index(fields=["state", "-created_at", "-id"], name="crawljob_state"),
                    models.Index(fields=["site", "-id"], name="crawljob_site"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Endpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base_url", models.CharField(max_length=300)),
                ("model", models.CharField(max_length=120)),
                (
                    "breaker",
                    models.CharField(choices=[("closed", "Closed"), ("open", "Open")], default="closed", max_length=9),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("opened_at", models.DateTimeField(blank=True, null=True)),
                ("concurrency_limit", models.PositiveIntegerField(blank=True, null=True)),
                ("is_strict", models.BooleanField(default=False, help_text="It has answered 429 before")),
                ("supports_schema", models.BooleanField(default=True)),
                ("requests_per_minute", models.PositiveIntegerField(blank=True, null=True)),
                ("tokens_per_minute", models.PositiveIntegerField(blank=True, null=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("base_url", "model"), name="endpoint_base_url_model"),
                    models.CheckConstraint(
                        condition=models.Q(("breaker__in", ["closed", "open"])), name="endpoint_breaker_known"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Import",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=255)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("format", models.CharField(blank=True, max_length=10)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("parsed", "Parsed"),
                            ("previewed", "Previewed"),
                            ("committed", "Committed"),
                            ("undone", "Undone"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("error", models.TextField(blank=True)),
                ("headers", models.JSONField(blank=True, default=list)),
                ("columns", models.JSONField(blank=True, default=dict, help_text="{header: field}")),
                ("constants", models.JSONField(blank=True, default=dict, help_text="{field: value}")),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("created_count", models.PositiveIntegerField(default=0)),
                ("updated_count", models.PositiveIntegerField(default=0)),
                ("skipped_count", models.PositiveIntegerField(default=0)),
                ("refused_count", models.PositiveIntegerField(default=0)),
                (
                    "undone_counts",
                    models.JSONField(
                        blank=True, default=dict, help_text="Prospects: {deleted, archived, restored, kept}"
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("committed_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                    "file",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.storedfile",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="imports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at"], name="import_created")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["uploaded", "parsed", "previewed", "committed", "undone", "failed"])
                        ),
                        name="import_state_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("line", models.PositiveIntegerField()),
                ("raw", performance.database.plain_json.PlainJSONField()),
                (
                    "import_run",
                    models.ForeignKey(
                        db_column="import_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="prospects.import",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("import_run", "line"), name="importrow_import_line")],
            },
        ),
        migrations.CreateModel(
            name="ModelPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("model", models.CharField(max_length=120, unique=True)),
                ("input_micros_per_million", models.BigIntegerField()),
                ("output_micros_per_million", models.BigIntegerField()),
                ("updated_at", models.DateTimeField(auto_now=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("input_micros_per_million__gte", 0), ("output_micros_per_million__gte", 0)),
                        name="modelprice_not_negative",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PageText",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("body", models.BinaryField()),
                ("visible_length", models.PositiveIntegerField()),
                ("length", models.PositiveIntegerField()),
                ("language", models.CharField(blank=True, max_length=3)),
                ("blocks", performance.database.plain_json.PlainJSONField(default=list)),
                ("words", django.contrib.postgres.search.SearchVectorField(null=True)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="pagetext_words"),
                    models.Index(
                        condition=models.Q(("words__isnull", True)),
                        fields=["created_at", "id"],
                        name="pagetext_unindexed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Page",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("site", models.CharField(max_length=253)),
                ("url", models.CharField(max_length=2000)),
                ("final_url", models.CharField(blank=True, max_length=2000)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("read", "Read"),
                            ("moved", "Moved"),
                            ("refused", "Refused"),
                            ("gone", "Gone"),
                            ("failed", "Failed"),
                            ("skipped", "Skipped"),
                        ],
                        max_length=8,
                    ),
                ),
                ("code", models.CharField(blank=True, max_length=40)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("status", models.PositiveSmallIntegerField(null=True)),
                ("kind", models.CharField(blank=True, max_length=12)),
                ("title", models.CharField(blank=True, max_length=300)),
                ("links", performance.database.plain_json.PlainJSONField(default=list)),
                ("facts", performance.database.plain_json.PlainJSONField(default=dict)),
                (
                    "change",
                    models.CharField(
                        choices=[("new", "New"), ("same", "Same"), ("changed", "Changed"), ("removed", "Removed")],
                        default="new",
                        max_length=7,
                    ),
                ),
                ("depth", models.PositiveSmallIntegerField(default=0)),
                ("byte_count", models.PositiveIntegerField(default=0)),
                ("elapsed_ms", models.PositiveIntegerField(default=0)),
                ("first_seen_at", models.DateTimeField()),
                ("fetched_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                ("text_at", models.DateTimeField(null=True)),
                (
                    "text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pages",
                        to="prospects.pagetext",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["site", "fetched_at"], name="page_site"),
                    models.Index(
                        condition=models.Q(("outcome", "read")), fields=["-fetched_at", "id"], name="page_recent"
                    ),
                    models.Index(
                        condition=models.Q(("change__in", ["new", "changed", "removed"])),
                        fields=["-changed_at", "id"],
                        name="page_changed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileValue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=30)),
                ("value", models.CharField(max_length=1000)),
                ("extra", performance.database.plain_json.PlainJSONField(default=dict)),
                ("key", models.CharField(max_length=64)),
                ("confidence", models.PositiveSmallIntegerField()),
                ("method", models.CharField(max_length=12)),
                ("url", models.CharField(max_length=2000)),
                ("begins", models.PositiveIntegerField(null=True)),
                ("ends", models.PositiveIntegerField(null=True)),
                ("is_current", models.BooleanField(default=True)),
                ("found_at", models.DateTimeField()),
                ("last_seen_at", models.DateTimeField()),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="profile_values",
                        to="prospects.company",
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="prospects.pagetext",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("field__in", ["phone", "address", "email"])),
                        fields=["field", "key"],
                        name="profilevalue_same",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "field", "key"), name="profilevalue_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("begins__isnull", True), ("ends__isnull", True)),
                            models.Q(
                                ("begins__isnull", False), ("begins__lt", models.F("ends")), ("ends__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="profilevalue_span",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("confidence__lte", 100)), name="profilevalue_confidence"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProfileConflict",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=30)),
                ("current", models.CharField(max_length=1000)),
                ("current_method", models.CharField(blank=True, max_length=12)),
                ("offered", models.CharField(max_length=1000)),
                ("key", models.CharField(max_length=64)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("locked", "Locked"),
                            ("person", "Person"),
                            ("file", "File"),
                            ("domain_taken", "Domain Taken"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted"),
                            ("kept", "Kept"),
                            ("outdated", "Outdated"),
                        ],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="conflicts",
                        to="prospects.company",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "value",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prospects.profilevalue",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "open")),
                        fields=["-created_at", "-id"],
                        name="profileconflict_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "field", "key"), name="profileconflict_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Prospect",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "person_key",
                    models.CharField(blank=True, help_text="E-mail, or name, of the person", max_length=300, null=True),
                ),
                ("person_name", models.CharField(blank=True, max_length=200)),
                ("person_title", models.CharField(blank=True, max_length=200)),
                ("person_email", models.CharField(blank=True, max_length=254)),
                ("person_phone", models.CharField(blank=True, max_length=20)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("original", performance.database.plain_json.PlainJSONField(blank=True, default=dict)),
                ("notes", models.TextField(blank=True)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edited_at",
                    models.DateTimeField(blank=True, help_text="When a person last changed it by hand", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "updated_at",
                    models.DateTimeField(auto_now=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prospects",
                        to="prospects.company",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("archived_at__isnull", True)),
                        fields=["created_at", "id"],
                        name="prospect_created",
                    ),
                    models.Index(
                        condition=models.Q(("source", ""), _negated=True), fields=["source"], name="prospect_source"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "person_key"), name="prospect_company_person", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedMapping",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("source", models.CharField(max_length=120, unique=True)),
                ("columns", models.JSONField(default=dict)),
                ("constants", models.JSONField(blank=True, default=dict)),
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
        ),
        migrations.CreateModel(
            name="SearchChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "company_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="SearchSession",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(blank=True, max_length=255)),
                ("engine", models.CharField(max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("language", models.CharField(blank=True, max_length=3)),
                ("per_query", models.PositiveSmallIntegerField(default=10)),
                ("allow", performance.database.plain_json.PlainJSONField(default=list)),
                ("deny", performance.database.plain_json.PlainJSONField(default=list)),
                (
                    "created_at",
                    models.DateTimeField(auto_now_add=True, db_default=django.db.models.functions.datetime.Now()),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="performance.batch",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["owner", "-created_at"], name="searchsession_owner"),
                    models.Index(fields=["-created_at", "-id"], name="searchsession_created"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchQuery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("text", models.CharField(max_length=400)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "Queued"), ("done", "Done"), ("failed", "Failed")],
                        default="queued",
                        max_length=6,
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("is_cached", models.BooleanField(default=False)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("result_count", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("searched_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prospects.company",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="queries",
                        to="prospects.searchsession",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "search queries",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "done")), fields=["key", "-searched_at"], name="searchquery_key"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("session", "position"), name="searchquery_position")],
            },
        ),
        migrations.CreateModel(
            name="SearchResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                ("title", models.CharField(blank=True, max_length=300)),
                ("snippet", models.TextField(blank=True)),
                ("url", models.CharField(max_length=2000)),
                ("domain", models.CharField(max_length=253)),
                ("is_denied", models.BooleanField(default=False)),
                (
                    "query",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="prospects.searchquery",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="prospects.searchsession",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["session", "domain", "rank"], name="searchresult_session"),
                    models.Index(fields=["domain", "-id"], name="searchresult_domain"),
                ],
                "constraints": [models.UniqueConstraint(fields=("query", "rank"), name="searchresult_rank")],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                ("prospect_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("company_id", models.BigIntegerField()),
                ("text", models.TextField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["company_id"], name="searchtext_company"),
                    models.Index(fields=["text"], name="searchtext_beginnings", opclasses=["text_pattern_ops"]),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["text"], name="searchtext_trigrams", opclasses=["gin_trgm_ops"]
                    ),
                    django.contrib.postgres.indexes.GinIndex(fields=["words"], name="searchtext_words"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CompanyProfile",
            fields=[
                (
                    "company",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="profile",
                        serialize=False,
                        to="prospects.company",
                    ),
                ),
                ("mode", models.CharField(max_length=20)),
                ("site", models.CharField(blank=True, max_length=253)),
                (
                    "identity",
                    models.CharField(
                        choices=[
                            ("confirmed", "Confirmed"),
                            ("likely", "Likely"),
                            ("unsure", "Unsure"),
                            ("another", "Another"),
                        ],
                        max_length=9,
                    ),
                ),
                ("identity_says", models.CharField(blank=True, max_length=300)),
                ("quality", models.PositiveSmallIntegerField(default=0)),
                ("completeness", models.PositiveSmallIntegerField(default=0)),
                ("confidence", models.PositiveSmallIntegerField(default=0)),
                ("degraded", performance.database.plain_json.PlainJSONField(default=list)),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("language", models.CharField(blank=True, max_length=3)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("fault_code", models.CharField(blank=True, db_default="", max_length=40)),
                ("fault", models.CharField(blank=True, db_default="", max_length=500)),
                ("evidence_hash", models.CharField(blank=True, max_length=64)),
                ("researched_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["researched_at"], name="companyprofile_researched")],
            },
        ),
        migrations.CreateModel(
            name="RowOutcome",
            fields=[
                (
                    "row",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="settled",
                        serialize=False,
                        to="prospects.importrow",
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[("create", "Create"), ("update", "Update"), ("skip", "Skip"), ("refuse", "Refuse")],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500)),
                ("before", models.JSONField(blank=True, null=True)),
                (
                    "import_run",
                    models.ForeignKey(
                        db_column="import_id",
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="prospects.import",
                    ),
                ),
                (
                    "prospect",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="row_outcomes",
                        to="prospects.prospect",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("prospect__isnull", False)), fields=["prospect"], name="rowoutcome_prospect"
                    ),
                    models.Index(
                        condition=models.Q(("outcome", "create"), _negated=True),
                        fields=["import_run", "outcome", "row"],
                        name="rowoutcome_unusual",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["create", "update", "skip", "refuse"])),
                        name="rowoutcome_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "format",
                    models.CharField(
                        choices=[("csv", "Csv"), ("xlsx", "Xlsx"), ("jsonl", "Jsonl"), ("json", "Json")], max_length=5
                    ),
                ),
                ("row_count", models.PositiveIntegerField(default=0)),
                ("error", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name="ICPVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                (
                    "origin",
                    models.CharField(
                        choices=[("file", "file"), ("person", "person"), ("llm", "llm")],
                        default="person",
                        max_length=10,
                    ),
                ),
                ("completeness", models.PositiveSmallIntegerField(default=0, help_text="0-100")),
                ("warnings", models.JSONField(blank=True, default=list)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "ICP version",
            },
        ),
        migrations.CreateModel(
            name="IdealCustomerProfile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("title", models.CharField(max_length=200)),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "current",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospects.icpversion",
                    ),
                ),
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
                "verbose_name": "ideal customer profile",
            },
        ),
        migrations.CreateModel(
            name="Fit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("score", models.PositiveSmallIntegerField(help_text="What counts: the override where there is one")),
                (
                    "level",
                    models.CharField(
                        choices=[("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor")],
                        max_length=10,
                    ),
                ),
                ("override_score", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("override_reason", models.TextField(blank=True)),
                ("override_at", models.DateTimeField(blank=True, null=True)),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Prompt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.SlugField(max_length=80, unique=True)),
                ("description", models.CharField(blank=True, max_length=255)),
            ],
        ),
        migrations.CreateModel(
            name="PromptVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("system", models.TextField()),
                ("template", models.TextField()),
                ("schema", models.JSONField()),
                ("content_hash", models.CharField(max_length=64)),
                ("is_built_in", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=255)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="prospects.prompt"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("prompt", "number"), name="promptversion_prompt_number"),
                    models.UniqueConstraint(fields=("prompt", "content_hash"), name="promptversion_prompt_content"),
                ],
            },
        ),
        migrations.CreateModel(
            name="QualificationRun",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="qualification_run",
                        serialize=False,
                        to="performance.batch",
                    ),
                ),
                (
                    "qualifier",
                    models.CharField(
                        choices=[("llm", "Llm"), ("rubric", "Rubric"), ("rubric_fallback", "Rubric Fallback")],
                        max_length=15,
                    ),
                ),
                ("model", models.CharField(blank=True, max_length=120)),
                (
                    "settings",
                    models.JSONField(
                        blank=True, default=dict, help_text="batch_size, max_concurrent_batches, … as asked for"
                    ),
                ),
                ("estimate_micros", models.BigIntegerField(default=0)),
                (
                    "icp_version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="runs", to="prospects.icpversion"
                    ),
                ),
                (
                    "import_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="runs",
                        to="prospects.import",
                    ),
                ),
                (
                    "prompt_version",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="runs",
                        to="prospects.promptversion",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Qualification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "qualifier",
                    models.CharField(
                        choices=[("llm", "Llm"), ("rubric", "Rubric"), ("rubric_fallback", "Rubric Fallback")],
                        max_length=15,
                    ),
                ),
                ("score", models.PositiveSmallIntegerField()),
                (
                    "fit",
                    models.CharField(
                        choices=[("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor")],
                        max_length=10,
                    ),
                ),
                ("verdicts", models.JSONField()),
                ("gaps", models.JSONField(default=list)),
                ("reasoning", models.TextField(blank=True)),
                ("recommendation", models.TextField(blank=True)),
                ("model", models.CharField(blank=True, max_length=120)),
                ("input_tokens", models.PositiveIntegerField(default=0)),
                ("output_tokens", models.PositiveIntegerField(default=0)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("latency_ms", models.PositiveIntegerField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=1)),
                ("is_from_ledger", models.BooleanField(default=False)),
                (
                    "fallback_reason",
                    models.CharField(blank=True, help_text="Why the rubric stands in for the LLM", max_length=500),
                ),
                ("created_at", models.DateTimeField()),
                (
                    "prospect",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualifications",
                        to="prospects.prospect",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="qualifications",
                        to="prospects.qualificationrun",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["run", "-score", "prospect"], include=("qualifier",), name="qualification_ranking"
                    ),
                    models.Index(fields=["prospect", "-created_at"], name="qualification_history"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "prospect", "qualifier"), name="qualification_run_prospect_qualifier"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__lte", 100)), name="qualification_score_at_most_100"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResearchBatch",
            fields=[
                (
                    "batch",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="research",
                        serialize=False,
                        to="performance.batch",
                    ),
                ),
                ("mode", models.CharField(max_length=20)),
                ("country", models.CharField(blank=True, max_length=2)),
                ("language", models.CharField(blank=True, max_length=3)),
                ("timeout_s", models.PositiveSmallIntegerField(default=60)),
                ("includes_failed", models.BooleanField(default=True)),
                ("export_format", models.CharField(default="json", max_length=5)),
                ("source", models.CharField(max_length=12)),
                ("asked", models.PositiveIntegerField()),
                ("settings", performance.database.plain_json.PlainJSONField(default=dict)),
                ("then", performance.database.plain_json.PlainJSONField(default=dict)),
                ("is_followed", models.BooleanField(default=True)),
                ("then_says", models.CharField(blank=True, max_length=300)),
                (
                    "import_run",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to="prospects.import"
                    ),
                ),
                (
                    "then_icp_version",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="prospects.icpversion",
                    ),
                ),
                (
                    "then_run",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prospects.qualificationrun",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="prospects.searchsession",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_followed", False)), fields=["batch"], name="researchbatch_unfollowed"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResearchItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[("done", "Done"), ("partial", "Partial"), ("failed", "Failed")], max_length=7
                    ),
                ),
                ("asked_name", models.CharField(blank=True, max_length=300)),
                ("asked_domain", models.CharField(blank=True, max_length=253)),
                ("degraded", performance.database.plain_json.PlainJSONField(default=list)),
                ("code", models.CharField(blank=True, max_length=40)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("is_cached", models.BooleanField(default=False)),
                ("is_changed", models.BooleanField(default=False)),
                ("page_count", models.PositiveIntegerField(default=0)),
                ("new_page_count", models.PositiveIntegerField(default=0)),
                ("value_count", models.PositiveIntegerField(default=0)),
                (
                    "filled",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("quality", models.PositiveSmallIntegerField(null=True)),
                ("completeness", models.PositiveSmallIntegerField(null=True)),
                ("confidence", models.PositiveSmallIntegerField(null=True)),
                ("cost_micros", models.BigIntegerField(default=0)),
                ("took_ms", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "company",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="research_items",
                        to="prospects.company",
                    ),
                ),
                (
                    "research",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="prospects.researchbatch",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["company", "-created_at"], name="researchitem_company")],
                "constraints": [models.UniqueConstraint(fields=("research", "company"), name="researchitem_once")],
            },
        ),
        migrations.AddField(
            model_name="export",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="performance.batch",
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="file",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="performance.storedfile",
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="owner",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="export",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="exports", to="prospects.qualificationrun"
            ),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(fields=["run", "-created_at"], name="export_run_created"),
        ),
        migrations.AddField(
            model_name="icpversion",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="icpversion",
            name="icp",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="versions",
                to="prospects.idealcustomerprofile",
            ),
        ),
        migrations.AddConstraint(
            model_name="icpversion",
            constraint=models.UniqueConstraint(fields=("icp", "number"), name="icpversion_icp_number"),
        ),
        migrations.AddConstraint(
            model_name="icpversion",
            constraint=models.UniqueConstraint(fields=("icp", "content_hash"), name="icpversion_icp_content"),
        ),
        migrations.AddConstraint(
            model_name="icpversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("completeness__lte", 100)), name="icpversion_completeness_at_most_100"
            ),
        ),
        migrations.AddField(
            model_name="fit",
            name="override_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="fit",
            name="icp",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fits",
                to="prospects.idealcustomerprofile",
            ),
        ),
        migrations.AddField(
            model_name="fit",
            name="prospect",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fits",
                to="prospects.prospect",
            ),
        ),
        migrations.AddField(
            model_name="fit",
            name="qualification",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="prospects.qualification"
            ),
        ),
        migrations.AddIndex(
            model_name="fit",
            index=models.Index(fields=["icp", "-score", "prospect"], name="fit_ranking"),
        ),
        migrations.AddIndex(
            model_name="fit",
            index=models.Index(
                condition=models.Q(("override_score__isnull", False)), fields=["icp", "prospect"], name="fit_overridden"
            ),
        ),
        migrations.AddConstraint(
            model_name="fit",
            constraint=models.UniqueConstraint(fields=("prospect", "icp"), name="fit_prospect_icp"),
        ),
        migrations.AddConstraint(
            model_name="fit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("score__lte", 100),
                    models.Q(("override_score__isnull", True), ("override_score__lte", 100), _connector="OR"),
                ),
                name="fit_scores_at_most_100",
            ),
        ),
        migrations.AddConstraint(
            model_name="fit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("override_score__isnull", True), models.Q(("override_reason", ""), _negated=True), _connector="OR"
                ),
                name="fit_override_has_reason",
            ),
        ),
        migrations.AddField(
            model_name="prompt",
            name="active",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="prospects.promptversion",
            ),
        ),
        migrations.CreateModel(
            name="SavedFilter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, unique=True)),
                ("search", models.CharField(blank=True, max_length=200)),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor")],
                        max_length=10,
                    ),
                ),
                ("country", models.CharField(blank=True, max_length=2)),
                ("industry", models.CharField(blank=True, max_length=200)),
                ("source", models.CharField(blank=True, max_length=120)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "icp",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospects.idealcustomerprofile",
                        verbose_name="profile",
                    ),
                ),
                (
                    "import_run",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="prospects.import",
                        verbose_name="import",
                    ),
                ),
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
                        condition=models.Q(("name", ""), _negated=True), name="savedfilter_has_a_name"
                    )
                ],
            },
        ),
    ]

import uuid

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import network.validators


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("network", "0002_append_only_and_search"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outlet",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.SlugField(
                        blank=True, editable=False, max_length=60, null=True, unique=True, verbose_name="code"
                    ),
                ),
                (
                    "name",
                    models.CharField(max_length=120, validators=[network.validators.plain_line], verbose_name="name"),
                ),
                (
                    "name_ar",
                    models.CharField(
                        max_length=120, null=True, validators=[network.validators.plain_line], verbose_name="name"
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        max_length=120, null=True, validators=[network.validators.plain_line], verbose_name="name"
                    ),
                ),
                (
                    "medium",
                    models.CharField(
                        choices=[
                            ("television", "television"),
                            ("radio", "radio"),
                            ("press", "newspaper or magazine"),
                            ("online", "website or online channel"),
                        ],
                        max_length=10,
                        verbose_name="medium",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty where no published source names one: a name alone tells nothing.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="network.region",
                        verbose_name="side",
                    ),
                ),
            ],
            options={
                "verbose_name": "media outlet",
                "verbose_name_plural": "media outlets",
            },
        ),
        migrations.CreateModel(
            name="Appearance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(editable=False, max_length=60, unique=True, verbose_name="address")),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("interview", "Interview"),
                            ("report", "Report"),
                            ("article", "Article"),
                            ("event", "Televised event"),
                        ],
                        default="interview",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "day",
                    models.DateField(
                        blank=True,
                        help_text="Of a month or a year, any day of it; empty while not known.",
                        null=True,
                        verbose_name="date",
                    ),
                ),
                (
                    "precision",
                    models.CharField(
                        choices=[
                            ("day", "the day"),
                            ("month", "the month alone"),
                            ("year", "the year alone"),
                            ("unknown", "not known"),
                        ],
                        default="day",
                        max_length=7,
                        verbose_name="how much of the date is known",
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("ar", "Arabic"),
                            ("en", "English"),
                            ("ber", "Tamazight"),
                            ("tuq", "Tebu"),
                            ("fr", "French"),
                            ("it", "Italian"),
                        ],
                        help_text="Empty while it is not known.",
                        max_length=3,
                        verbose_name="language",
                    ),
                ),
                (
                    "title",
                    models.CharField(max_length=160, validators=[network.validators.plain_line], verbose_name="title"),
                ),
                (
                    "title_ar",
                    models.CharField(
                        max_length=160, null=True, validators=[network.validators.plain_line], verbose_name="title"
                    ),
                ),
                (
                    "title_en",
                    models.CharField(
                        max_length=160, null=True, validators=[network.validators.plain_line], verbose_name="title"
                    ),
                ),
                (
                    "programme",
                    models.CharField(
                        blank=True, max_length=160, validators=[network.validators.plain_line], verbose_name="programme"
                    ),
                ),
                (
                    "programme_ar",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        null=True,
                        validators=[network.validators.plain_line],
                        verbose_name="programme",
                    ),
                ),
                (
                    "programme_en",
                    models.CharField(
                        blank=True,
                        max_length=160,
                        null=True,
                        validators=[network.validators.plain_line],
                        verbose_name="programme",
                    ),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True,
                        help_text="What everybody should know, such as what is not known. No judgement.",
                        max_length=600,
                        validators=[network.validators.plain_text],
                        verbose_name="note",
                    ),
                ),
                (
                    "note_ar",
                    models.TextField(
                        blank=True,
                        help_text="What everybody should know, such as what is not known. No judgement.",
                        max_length=600,
                        null=True,
                        validators=[network.validators.plain_text],
                        verbose_name="note",
                    ),
                ),
                (
                    "note_en",
                    models.TextField(
                        blank=True,
                        help_text="What everybody should know, such as what is not known. No judgement.",
                        max_length=600,
                        null=True,
                        validators=[network.validators.plain_text],
                        verbose_name="note",
                    ),
                ),
                (
                    "link",
                    models.URLField(
                        blank=True,
                        help_text="To the outlet’s own page; it begins with https.",
                        max_length=500,
                        validators=[django.core.validators.URLValidator(schemes=["https"])],
                        verbose_name="link",
                    ),
                ),
                ("created_at", models.DateTimeField(editable=False, verbose_name="added")),
                ("changed_at", models.DateTimeField(editable=False, verbose_name="last changed")),
                ("published_at", models.DateTimeField(editable=False, null=True, verbose_name="published")),
                ("search", models.TextField(blank=True, editable=False)),
                (
                    "outlet",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty while it is not known.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appearances",
                        to="campaigns.outlet",
                        verbose_name="media outlet",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry of the media log",
                "verbose_name_plural": "media log",
            },
        ),
        migrations.CreateModel(
            name="Speaker",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "name",
                    models.CharField(max_length=120, validators=[network.validators.plain_line], verbose_name="name"),
                ),
                (
                    "name_ar",
                    models.CharField(
                        max_length=120, null=True, validators=[network.validators.plain_line], verbose_name="name"
                    ),
                ),
                (
                    "name_en",
                    models.CharField(
                        max_length=120, null=True, validators=[network.validators.plain_line], verbose_name="name"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("speaker", "speaker"), ("presenter", "presenter"), ("author", "author")],
                        default="speaker",
                        max_length=10,
                        verbose_name="role",
                    ),
                ),
                (
                    "appearance",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="speakers",
                        to="campaigns.appearance",
                        verbose_name="entry of the media log",
                    ),
                ),
            ],
            options={
                "verbose_name": "speaker",
                "verbose_name_plural": "speakers",
            },
        ),
        migrations.AddIndex(
            model_name="appearance",
            index=models.Index(fields=["state", "-day", "-id"], name="appearance_public_list"),
        ),
        migrations.AddConstraint(
            model_name="appearance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("published_at__isnull", False), ("state", "published")),
                    models.Q(models.Q(("state", "published"), _negated=True), ("published_at__isnull", True)),
                    _connector="OR",
                ),
                name="appearance_published_with_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="appearance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("day__isnull", True), ("precision", "unknown")),
                    models.Q(models.Q(("precision", "unknown"), _negated=True), ("day__isnull", False)),
                    _connector="OR",
                ),
                name="appearance_date_as_far_as_known",
                violation_error_message="Please give the date, or say that it is not known; not both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="appearance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("title_ar__gt", ""), ("title_ar__isnull", False), ("title_en__gt", ""), ("title_en__isnull", False)
                ),
                name="appearance_title_in_both_languages",
                violation_error_message="Please give the title in Arabic and in English.",
            ),
        ),
    ]

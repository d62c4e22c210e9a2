"""How a library forgets people, what a patron wishes, and that somebody was erased."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ill_directory", "0002_borrowers_and_iso18626"),
        ("ill_patrons", "0003_days_live_in_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="patron",
            name="erased_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="erased"),
        ),
        migrations.AddField(
            model_name="patron",
            name="history",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "as the library does it"),
                    ("keep", "keep them in my list"),
                    ("forget", "unlink them from me as soon as they are over"),
                ],
                default="",
                max_length=10,
                verbose_name="past requests",
            ),
        ),
        migrations.CreateModel(
            name="PrivacyRules",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "anonymise_days",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=90,
                        help_text="Between 1 and 365. Empty: never by itself.",
                        null=True,
                        verbose_name="days until a closed request is unlinked from its person",
                    ),
                ),
                (
                    "anonymise_days_charged",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        default=180,
                        help_text="Between 1 and 365. Empty: never by itself.",
                        null=True,
                        verbose_name="days when something was charged",
                    ),
                ),
                (
                    "patrons_choose",
                    models.BooleanField(
                        default=True, verbose_name="patrons may choose for their own requests"
                    ),
                ),
                (
                    "kept_categories",
                    models.JSONField(
                        blank=True,
                        default=list,
                        verbose_name="categories of patrons whose requests stay linked",
                    ),
                ),
                (
                    "imports_too",
                    models.BooleanField(
                        default=False,
                        verbose_name="requests taken over from another system are unlinked and erased, too",
                    ),
                ),
                (
                    "citation_years",
                    models.PositiveSmallIntegerField(
                        default=3, verbose_name="full years that the words of what was asked for are kept"
                    ),
                ),
                (
                    "library",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="privacy_rules",
                        to="ill_directory.library",
                    ),
                ),
            ],
            options={
                "verbose_name": "privacy rules",
                "verbose_name_plural": "privacy rules",
            },
        ),
        migrations.CreateModel(
            name="Erasure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="asked")),
                (
                    "asked_by",
                    models.CharField(
                        choices=[("patron", "the person"), ("staff", "the person, at the desk")],
                        max_length=10,
                        verbose_name="asked by",
                    ),
                ),
                ("unlinked", models.PositiveIntegerField(default=0, verbose_name="requests unlinked")),
                ("complete", models.BooleanField(default=False, verbose_name="erased completely")),
                ("kept_because", models.JSONField(default=list, verbose_name="what stood in the way")),
                (
                    "library",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="erasures",
                        to="ill_directory.library",
                    ),
                ),
            ],
            options={
                "verbose_name": "erasure",
                "verbose_name_plural": "erasures",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["library", "-at"], name="erasure_library")],
            },
        ),
    ]

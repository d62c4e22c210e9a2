import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ill_directory", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("subject", models.CharField(max_length=20, verbose_name="request number")),
                ("key", models.CharField(max_length=32, unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("file", "file"), ("link", "link")], max_length=10, verbose_name="kind"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[("staff", "our staff"), ("partner", "the other library")],
                        default="staff",
                        max_length=10,
                        verbose_name="brought by",
                    ),
                ),
                ("trusted", models.BooleanField(default=False, verbose_name="from a trusted sender")),
                ("name", models.CharField(blank=True, default="", max_length=150, verbose_name="name")),
                ("media_type", models.CharField(blank=True, default="", max_length=40, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="bytes")),
                ("sha256", models.CharField(blank=True, default="", max_length=64)),
                ("pages", models.PositiveIntegerField(null=True, verbose_name="pages")),
                ("storage_key", models.CharField(blank=True, default="", max_length=64)),
                ("url", models.URLField(blank=True, default="", max_length=1000, verbose_name="address")),
                ("attached_at", models.DateTimeField(verbose_name="attached")),
                ("attached_by", models.PositiveBigIntegerField(null=True)),
                ("checked_at", models.DateTimeField(null=True, verbose_name="checked")),
                (
                    "check_result",
                    models.CharField(
                        choices=[
                            ("fit", "fit to be sent"),
                            ("link", "an address: what is there was not looked at"),
                            ("locked", "a PDF with a password or restrictions"),
                            ("active", "a PDF that holds programs or other files"),
                            ("broken", "the end is missing"),
                            ("changed", "not the file that was attached"),
                            ("missing", "the file is not there"),
                        ],
                        max_length=10,
                        verbose_name="result of the check",
                    ),
                ),
                ("released_at", models.DateTimeField(null=True, verbose_name="released")),
                ("released_by", models.PositiveBigIntegerField(null=True)),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed")),
                ("delete_after", models.DateTimeField()),
                ("purged_at", models.DateTimeField(null=True, verbose_name="deleted")),
                (
                    "library",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="ill_directory.library",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
            },
        ),
        migrations.CreateModel(
            name="DocumentLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("patron", "our patron"), ("borrower", "the borrowing library")],
                        max_length=10,
                        verbose_name="for",
                    ),
                ),
                ("seed", models.CharField(blank=True, default="", max_length=64)),
                ("digest", models.CharField(max_length=64, null=True, unique=True)),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("expires_at", models.DateTimeField(verbose_name="ends")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended early")),
                (
                    "views_allowed",
                    models.PositiveSmallIntegerField(default=0, verbose_name="views allowed (0: any number)"),
                ),
                ("views", models.PositiveIntegerField(default=0, verbose_name="views")),
                ("first_opened_at", models.DateTimeField(null=True, verbose_name="first opened")),
                ("last_opened_at", models.DateTimeField(null=True, verbose_name="last opened")),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="links",
                        to="ill_documents.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "link to a document",
                "verbose_name_plural": "links to documents",
            },
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(fields=["library", "subject", "id"], name="document_subject"),
        ),
        migrations.AddIndex(
            model_name="document",
            index=models.Index(
                condition=models.Q(("purged_at__isnull", True)), fields=["delete_after"], name="document_due"
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.UniqueConstraint(
                condition=models.Q(("storage_key", ""), _negated=True),
                fields=("storage_key",),
                name="document_file_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="document",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("purged_at__isnull", False),
                    models.Q(("kind", "file"), ("storage_key__gt", ""), ("url", "")),
                    models.Q(("kind", "link"), ("storage_key", ""), ("url__gt", "")),
                    _connector="OR",
                ),
                name="document_file_or_link",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("views_allowed", 0), ("views__lte", models.F("views_allowed")), _connector="OR"
                ),
                name="document_link_views",
            ),
        ),
        migrations.AddConstraint(
            model_name="documentlink",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "patron"), ("digest__isnull", True)),
                    models.Q(("audience", "borrower"), ("digest__isnull", False)),
                    _connector="OR",
                ),
                name="document_link_token",
            ),
        ),
    ]

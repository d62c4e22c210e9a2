"""Requests that were closed before there were privacy clocks get their dates: a worker works them out, by library."""

from django.db import migrations
from django.utils import timezone

KIND = "privacy_retime"


def start(apps, schema_editor):
    library, row = apps.get_model("ill_directory", "Library"), apps.get_model("ill_core", "OutboxRow")
    at = timezone.now()
    for key in library.objects.filter(is_tenant=True).values_list("pk", flat=True):
        row.objects.get_or_create(
            key=f"{KIND}:library:{key}:start",
            defaults={
                "kind": KIND,
                "stream": f"{KIND}:library:{key}",
                "payload": {"library": key},
                "library": key,
                "created_at": at,
                "not_before": at,
            },
        )


def stop(apps, schema_editor):
    rows = apps.get_model("ill_core", "OutboxRow").objects.filter(kind=KIND, state="waiting")
    rows.filter(key__endswith=":start").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("ill_requests", "0008_privacy_clocks"),
        ("ill_patrons", "0004_privacy_rules"),
        ("ill_core", "0003_repeats_by_age"),
    ]

    operations = [migrations.RunPython(start, stop)]

"""Nothing on the way there. On the way back, what older code cannot read becomes what it can: one closed day to a row."""

from datetime import timedelta

from django.db import migrations


def _single_days(apps, schema_editor):
    ClosedDay = apps.get_model("ill_directory", "ClosedDay")
    rows = list(ClosedDay.objects.filter(counts=True).order_by("library_id", "-source", "date"))
    names = {}
    for row in rows:
        length = ((row.until or row.date) - row.date).days + 1
        for day in (row.date + timedelta(days=n) for n in range(length)):
            names.setdefault((row.library_id, day), row.name[:100])
    ClosedDay.objects.all().delete()
    ClosedDay.objects.bulk_create(
        ClosedDay(library_id=library_id, date=day, name=name) for (library_id, day), name in names.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("ill_directory", "0004_calendars"),
    ]

    operations = [migrations.RunPython(migrations.RunPython.noop, _single_days)]

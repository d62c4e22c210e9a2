"""The time in which a desk lends nothing becomes a vacation of its library; on the way back the last one returns."""

from django.db import migrations
from django.utils import timezone


def _to_vacations(apps, schema_editor):
    """A desk without a first day has lent nothing for as long as one cares: since today, or since its last day."""
    Desk = apps.get_model("ill_lending", "LendingDesk")
    Vacation = apps.get_model("ill_directory", "Vacation")
    now = timezone.now()
    for desk in Desk.objects.exclude(closed_from=None, closed_until=None):
        first, last = desk.closed_from, desk.closed_until
        first = first or (min(now.date(), last) if last else now.date())
        Vacation.objects.create(
            library_id=desk.library_id,
            first_day=first,
            last_day=last,
            stops_borrowing=False,
            stops_lending=True,
            made_at=now,
        )
        desk.closed_from = desk.closed_until = None
        desk.save(update_fields=["closed_from", "closed_until"])


def _to_desks(apps, schema_editor):
    """A desk holds one such time: the one that ends last. Its vacation goes when it was for lending alone."""
    Desk = apps.get_model("ill_lending", "LendingDesk")
    Vacation = apps.get_model("ill_directory", "Vacation")
    for vacation in Vacation.objects.filter(stops_lending=True).order_by("library_id", "last_day"):
        values = {"closed_from": vacation.first_day, "closed_until": vacation.last_day}
        Desk.objects.update_or_create(library_id=vacation.library_id, defaults=values)
        if not vacation.stops_borrowing:
            vacation.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("ill_directory", "0006_vacations"),
        ("ill_lending", "0003_search"),
    ]

    operations = [migrations.RunPython(_to_vacations, _to_desks)]

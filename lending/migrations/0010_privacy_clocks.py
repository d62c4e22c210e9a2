"""When the reader of a request was erased and when its words went; who was taken out of its history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ill_lending", "0009_days_live_in_policies"),
    ]

    operations = [
        migrations.AddField(
            model_name="lendingevent",
            name="blackened",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="lendingrequest",
            name="anonymised_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="person unlinked"),
        ),
        migrations.AddField(
            model_name="lendingrequest",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="citation erased"),
        ),
    ]

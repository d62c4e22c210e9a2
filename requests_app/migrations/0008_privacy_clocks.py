"""When a request was unlinked from its person and when its words went; who was taken out of its history."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ill_requests", "0007_open_requests_keep_their_terms"),
    ]

    operations = [
        migrations.AddField(
            model_name="borrowingevent",
            name="blackened",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="borrowingrequest",
            name="anonymised_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="person unlinked"),
        ),
        migrations.AddField(
            model_name="borrowingrequest",
            name="forgotten_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="citation erased"),
        ),
    ]

"""Forms that were sent are known for a while and then forgotten, oldest first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ill_core", "0002_audit_entry"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="idempotencyrecord",
            index=models.Index(fields=["at"], name="idempotency_at"),
        ),
    ]

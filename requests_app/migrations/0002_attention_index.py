"""The few requests that need attention, open or closed, by date: the attention page and the counts read them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ill_requests", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="borrowingrequest",
            index=models.Index(
                condition=models.Q(("attention", True)),
                fields=["library", "-rush", "act_by", "id"],
                name="borrowing_attention",
            ),
        ),
    ]

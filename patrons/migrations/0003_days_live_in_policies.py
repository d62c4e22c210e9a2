"""How many requests may be open at once is said by loan policies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ill_patrons", "0002_patron_search_index"),
        ("ill_policies", "0002_what_columns_said"),
    ]

    operations = [
        migrations.RemoveField(model_name="patroncategory", name="open_request_limit"),
    ]

"""What loan policies say now stands in no column of libraries and partners any more."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ill_directory", "0007_how_to_pay"),
        ("ill_policies", "0002_what_columns_said"),
    ]

    operations = [
        migrations.RemoveField(model_name="library", name="answer_days"),
        migrations.RemoveField(model_name="library", name="return_buffer_days"),
        migrations.RemoveField(model_name="library", name="shelf_days"),
        migrations.RemoveField(model_name="partnership", name="answer_days"),
    ]

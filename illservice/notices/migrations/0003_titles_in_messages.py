"""Whether messages to telephones name the title is a rule of its own: without a word they do not."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ill_notices", "0002_notice_rules")]

    operations = [
        migrations.AddField(
            model_name="noticerules",
            name="title_in_messages",
            field=models.BooleanField(default=False, verbose_name="messages to telephones name the title"),
        ),
    ]

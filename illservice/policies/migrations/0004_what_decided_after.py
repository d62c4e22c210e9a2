"""What decides a request after it was moved: of a version that ends its policy that is another one."""

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def moved_to_their_version(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Until now only versions that decide themselves were applied."""
    apps.get_model("ill_policies", "PolicyMove").objects.exclude(act="").update(after=models.F("version"))


class Migration(migrations.Migration):
    dependencies = [
        ("ill_policies", "0003_moves_of_decided_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="policymove",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="ill_policies.policyversion",
            ),
        ),
        migrations.RunPython(moved_to_their_version, migrations.RunPython.noop),
    ]

"""What is open goes on by the policies that say what the columns said before them."""

from django.db import migrations


def name_policies(apps, schema_editor):
    Version = apps.get_model("ill_policies", "PolicyVersion")
    LendingRequest = apps.get_model("ill_lending", "LendingRequest")
    for version in Version.objects.filter(policy__side="lending", number=1).select_related("policy"):
        waiting = LendingRequest.objects.filter(
            library_id=version.policy.library_id, closed_at__isnull=True, policy__isnull=True
        )
        waiting.update(policy_id=version.pk)


class Migration(migrations.Migration):
    dependencies = [
        ("ill_lending", "0007_policy_named"),
        ("ill_policies", "0002_what_columns_said"),
    ]

    operations = [migrations.RunPython(name_policies, migrations.RunPython.noop)]

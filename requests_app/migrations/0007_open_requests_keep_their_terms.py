"""What is open goes on by the policies that say what the columns said before them."""

from django.db import migrations

OF_A_LENDER = ("asked", "promised", "shipped", "received", "returned")


def name_policies(apps, schema_editor):
    Version = apps.get_model("ill_policies", "PolicyVersion")
    versions = Version.objects.filter(policy__side="borrowing", number=1).select_related("policy")
    known = {
        (each.policy.library_id, each.policy.partner_id, each.policy.category): each.pk for each in versions
    }
    if not known:
        return
    requests = apps.get_model("ill_requests", "BorrowingRequest").objects.filter(
        closed_at__isnull=True, policy__isnull=True, library_id__in={key[0] for key in known}
    )
    for request in requests.only("pk", "library_id", "patron_category").iterator(chunk_size=500):
        tries = request.tries.filter(status__in=OF_A_LENDER).order_by("-open", "-ordinal")
        partner = tries.values_list("partner_id", flat=True).first()
        wanted = [(None, request.patron_category), (None, "")]
        if partner is not None:
            wanted.insert(0, (partner, ""))
        found = (known.get((request.library_id, *each)) for each in wanted)
        version = next((each for each in found if each is not None), None)
        if version is not None:
            requests.model.objects.filter(pk=request.pk).update(policy_id=version)


class Migration(migrations.Migration):
    dependencies = [
        ("ill_requests", "0006_policy_named"),
        ("ill_policies", "0002_what_columns_said"),
    ]

    operations = [migrations.RunPython(name_policies, migrations.RunPython.noop)]

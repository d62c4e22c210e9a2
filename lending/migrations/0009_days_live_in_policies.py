"""How long things take at the lending desk is said by loan policies."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("ill_lending", "0008_open_requests_keep_their_terms"),
        ("ill_policies", "0002_what_columns_said"),
    ]

    operations = [
        migrations.RemoveField(model_name="lendingdesk", name="loan_days"),
        migrations.RemoveField(model_name="lendingdesk", name="renewal_days"),
        migrations.RemoveField(model_name="lendingdesk", name="reply_days"),
        migrations.RemoveField(model_name="lendingdesk", name="resend_days"),
        migrations.RemoveField(model_name="lendingdesk", name="respond_days"),
        migrations.RemoveField(model_name="lendingdesk", name="transit_days"),
    ]

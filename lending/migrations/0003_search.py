"""An index for call numbers, and trigram indexes for search by parts of words (PostgreSQL only).

On SQLite there is nothing to do for the latter. The extension pg_trgm is trusted since PostgreSQL 13: whoever may
create in the database may create it. Without that right, or where the extension is not installed, search works all
the same, only slower. An administrator can do later what this migration could not:

    CREATE EXTENSION pg_trgm;
    CREATE INDEX lending_search_trigram ON ill_lending_lendingrequest USING gin (search_text gin_trgm_ops);
"""

from django.db import DatabaseError, migrations, models, transaction
from django.db.models import Q

INDEX = "lending_search_trigram"


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
        if cursor.fetchone() is None:
            try:
                with transaction.atomic(using=connection.alias):
                    cursor.execute("CREATE EXTENSION pg_trgm")
            except DatabaseError:
                return
        table = "ill_lending_lendingrequest"
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {INDEX} ON {table} USING gin (search_text gin_trgm_ops)")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("ill_lending", "0002_borrower_accounts_of_one_lender")]

    operations = [
        migrations.AddIndex(
            model_name="lendingitem",
            index=models.Index(
                fields=["call_number"], name="lending_item_call_number", condition=~Q(call_number="")
            ),
        ),
        migrations.RunPython(make, remove, elidable=False),
    ]

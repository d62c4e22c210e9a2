"""Trigram indexes for search by parts of words (PostgreSQL only; on SQLite there is nothing to do).

The extension pg_trgm is trusted since PostgreSQL 13: whoever may create in the database may create it. Without that
right, or where the extension is not installed, search works all the same, only slower. An administrator can do later
what this migration could not:

    CREATE EXTENSION pg_trgm;
    CREATE INDEX borrowing_search_trigram ON ill_requests_borrowingrequest USING gin (search_text gin_trgm_ops);
    CREATE INDEX borrowing_person_trigram ON ill_requests_borrowingrequest USING gin (person_text gin_trgm_ops);
"""

from django.db import DatabaseError, migrations, transaction

TABLE = "ill_requests_borrowingrequest"
INDEXES = {"borrowing_search_trigram": "search_text", "borrowing_person_trigram": "person_text"}


def _has_extension(cursor):
    cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
    return cursor.fetchone() is not None


def make(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        if not _has_extension(cursor):
            try:
                with transaction.atomic(using=connection.alias):
                    cursor.execute("CREATE EXTENSION pg_trgm")
            except DatabaseError:
                return
        for name, column in INDEXES.items():
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {TABLE} USING gin ({column} gin_trgm_ops)")


def remove(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    with schema_editor.connection.cursor() as cursor:
        for name in INDEXES:
            cursor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("ill_requests", "0002_attention_index")]

    operations = [migrations.RunPython(make, remove, elidable=False)]

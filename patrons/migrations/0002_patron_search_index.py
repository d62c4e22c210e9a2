"""A trigram index for the search among patrons, on PostgreSQL only.

Without the right to create the extension pg_trgm the service works, and the search is only slower; the message says
what a database administrator can do.
"""

import sys

from django.db import Error, migrations

EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEX = (
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS patron_search_trgm "
    "ON ill_patrons_patron USING gin (search_text gin_trgm_ops)"
)


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone() is None:
                cursor.execute(EXTENSION)
            cursor.execute(INDEX)
    except Error as error:
        sys.stderr.write(
            f"\nThe search among patrons has no index ({type(error).__name__}), so it is slow with many patrons.\n"
            f"As a database administrator run in this database:\n    {EXTENSION};\n    {INDEX};\n"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX CONCURRENTLY IF EXISTS patron_search_trgm")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("ill_patrons", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]

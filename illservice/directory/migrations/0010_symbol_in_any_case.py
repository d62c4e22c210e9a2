"""Symbols are looked for in any case: once for each party of every message."""

from typing import ClassVar

from django.db import migrations, models
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    """An index for it."""

    dependencies: ClassVar[list[tuple[str, str]]] = [("ill_directory", "0009_suspended_while_overdue")]

    operations: ClassVar[list[migrations.operations.base.Operation]] = [
        migrations.AddIndex(
            model_name="symbol", index=models.Index(Upper("value"), name="symbol_in_any_case")
        ),
    ]

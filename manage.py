"""Runs Django's commands for the service; `./ill WORD` ends here."""

import importlib
import os
import sys

from django.core.management import execute_from_command_line

from illservice.core.env import SettingsProblem


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "illservice.settings")
    try:
        importlib.import_module(os.environ["DJANGO_SETTINGS_MODULE"])
        execute_from_command_line(sys.argv)
    except SettingsProblem as problem:
        sys.stderr.write(f"{problem}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()

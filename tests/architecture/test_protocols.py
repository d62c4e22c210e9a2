"""A protocol is plain Python: it loads neither Django nor Celery, in a bare interpreter."""

import subprocess
import sys

from tests.architecture.source import ROOT, all_sources

PROGRAM = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2:]:
    importlib.import_module(name)
heavy = {"django", "celery", "kombu", "redis", "rest_framework"}
print(sorted({name.split(".")[0] for name in sys.modules} & heavy))
"""


def test_protocols_load_neither_django_nor_celery() -> None:
    modules = [
        ".".join(source.names).removesuffix(".__init__")
        for source in all_sources()
        if source.path.startswith("illservice/protocols/")
    ]
    assert modules
    done = subprocess.run(
        [sys.executable, "-I", "-c", PROGRAM, str(ROOT), *modules], capture_output=True, text=True, timeout=60
    )
    assert (done.stderr, done.stdout) == ("", "[]\n")

"""No network inside a transaction: what opens transactions cannot reach the network, and the other way round.

A static rule sees imports, not calls: a service that is handed a function could still be made to reach out. Services
are handed values only, and reviews keep it so.
"""

import ast

from tests.architecture.source import Source, called, code, imports, name_of

NETWORK = frozenset(
    {
        *(
            "requests",
            "httpx",
            "urllib3",
            "aiohttp",
            "urllib.request",
            "http.client",
            "socket",
            "ssl",
            "asyncio",
        ),
        *("smtplib", "imaplib", "poplib", "ftplib", "telnetlib", "xmlrpc.client", "redis", "paramiko"),
        *("django.core.mail", "subprocess"),
    }
)
INSIDE_TRANSACTIONS = (
    "services",
    "selectors",
    "workflow",
    "eligibility",
    "copyright",
    "calendars",
    "models",
    "forms",
)

# What carries messages out; called by the dispatcher between transactions, never by a service inside one.
CARRIERS = frozenset(
    {
        "illservice/exchange/services/transports.py",
        "illservice/notices/services/delivery.py",
    }
)


def _network_imports(source: Source) -> list[str]:
    found = {
        (source.at(node), module)
        for node, module in imports(source)
        if any(module == name or module.startswith(f"{name}.") for name in NETWORK)
    }
    return [f"{place} {module}" for place, module in sorted(found)]


def _opens_a_transaction(source: Source) -> bool:
    names = (name_of(node) for node in ast.walk(source.tree) if isinstance(node, ast.Name | ast.Attribute))
    return any(name == "atomic" or name.endswith(".atomic") for name in names)


def test_services_and_rules_know_no_network() -> None:
    inside = [source for source in called(*INSIDE_TRANSACTIONS) if source.path not in CARRIERS]
    assert [line for source in inside for line in _network_imports(source)] == []


def test_a_file_that_reaches_the_network_opens_no_transaction() -> None:
    assert [
        source.path for source in code() if _network_imports(source) and _opens_a_transaction(source)
    ] == []


def test_the_rules_see_imports_and_transactions() -> None:
    text = (
        "from django.core import mail\nimport urllib.request\nimport django.db.transaction as t\nt.atomic()"
    )
    source = Source("x.py", text, ast.parse(text))
    assert _network_imports(source) == ["x.py:1 django.core.mail", "x.py:2 urllib.request"]
    assert _opens_a_transaction(source)
    harmless = "from urllib.parse import urlsplit"
    assert _network_imports(Source("x.py", harmless, ast.parse(harmless))) == []

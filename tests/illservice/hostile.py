"""What people and programs send when they mean harm, or when something else broke it on the way."""

HOSTILE: dict[str, str] = {
    "nul": "a\x00b",
    "control": "".join(map(chr, range(1, 32))) + "\x7f\x85",
    "emoji": "\U0001f41d\U0001f3fd\u200d\u2642\ufe0f" * 20,
    "lone surrogate": "a\ud800b",
    "right to left": "\u202eevil\u2066\u2069",
    "script": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "attribute": "\"' onmouseover=alert(1) x='",
    "sql": "'; DROP TABLE ill_requests_borrowingrequest; --",
    "like": "%_\\%",
    "template": "{{ settings.SECRET_KEY }}{% debug %}${7*7}%(x)s%s{0.__class__}",
    "header": "x\r\nBcc: all@north.example",
    "path": "../../../../etc/passwd",
    "json": '{"$ne": null}',
    "huge number": "9" * 5000,
    "larger than a column": str(2**63),
    "negative": "-1",
    "not a number": "NaN",
    "infinite": "1e999999",
    "superscript": "²",
    "date that is none": "2026-02-30",
    "date far away": "99999-12-31",
    "first day": "0001-01-01",
    "last day": "9999-12-31",
    "space": " \t\u00a0\u2003\ufeff ",
    "long": "x" * 100_000,
    "long words": "word " * 20_000,
    "decomposed": "e\u0301" * 3000,
    "ligatures": "\ufdfa" * 500,
    "cursor": "eyJ2IjpbMV0sImQiOjF9",
    "cursor of lists": "W1tbXV1d",
    "outside": "//evil.example/",
    "scheme": "javascript:alert(1)",
}
"""By name, so that a failing test says which."""

SHARP = (
    "nul",
    "lone surrogate",
    "huge number",
    "larger than a column",
    "superscript",
    "date that is none",
    "long",
)
"""Those that have cut somebody somewhere, for tests that try every field on its own."""

RAW: tuple[str, ...] = (
    "%",
    "q=%ff%fe",
    "q=%00",
    "q[]=1&q=2",
    "&&&=",
    "q=%ed%a0%80",
    "a=%C0%80",
    '{"a": 1}',
    "version=1&version=2",
)
RAW += ("q=1&" * 1500, "--x\r\nContent-Disposition: form-data")
"""Queries and bodies that are none."""

PARAMETERS = (
    *(
        "q",
        "cursor",
        "page",
        "sort",
        "queue",
        "do",
        "code",
        "number",
        "patron",
        "material",
        "before",
        "after",
    ),
    *(
        "back",
        "next",
        "kind",
        "library",
        "page_size",
        "check",
        "branch",
        "partner",
        "quick",
        "format",
        "script",
    ),
    *("state", "stage", "mark", "rush", "reason", "key", "own", "o", "p", "e", "_popup", "_to_field"),
)
"""What pages read from their address."""

"""The texts that come with the service: templates/notices/KIND/LANGUAGE/subject.txt, body.txt, body.html."""

from functools import lru_cache

from django.conf import settings

from illservice.notices.kinds.registry import Texts

SHIPPED_LANGUAGE = "en"
"""Every kind has at least its English text."""


@lru_cache(maxsize=512)
def shipped_texts(kind: str, language: str) -> Texts:
    """The shipped text of a kind in a language, in English where there is none."""
    folder = settings.BASE_DIR / "templates" / "notices" / kind / language
    if not folder.is_dir():
        folder = folder.with_name(SHIPPED_LANGUAGE)
    subject, text, html = (
        (folder / name).read_text(encoding="utf-8").strip()
        for name in ("subject.txt", "body.txt", "body.html")
    )
    return Texts(subject, text, html)

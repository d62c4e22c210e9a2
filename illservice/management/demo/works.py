"""Shorthand for what is asked in the stories. Books are classics; periodicals and their authors are invented."""

from typing import Any

from illservice.management.demo.play import Step, Story

JOURNALS = {
    "valley": "The Valley Naturalist",
    "letters": "Transactions of the Lantern Society",
    "health": "Journal of Small-Town Medicine",
    "craft": "Annals of Domestic Craft",
    "rivers": "Rivers and Mills Quarterly",
}


def step(after: float, verb: str, *args: Any) -> Step:
    """What happened that many days after the request came in."""
    return Step(after, verb, args)


def book(reader: str, ago: float, title: str, author: str, date: str, *steps: Step, **options: Any) -> Story:
    """A book to borrow."""
    citation = {"title": title, "author": author, "date": date} | options.pop("more", {})
    return Story(reader, ago, "book", "loan", citation, steps, options)


def article(
    reader: str,
    ago: float,
    title: str,
    author: str,
    where: tuple[str, str, str, str],
    *steps: Step,
    **options: Any,
) -> Story:
    """An article to copy; `where` is the journal's short name, volume, year and pages."""
    journal, volume, date, pages = where
    citation = {
        "article_title": title,
        "author": author,
        "title": JOURNALS[journal],
        "volume": volume,
        "date": date,
        "pages": pages,
    } | options.pop("more", {})
    return Story(reader, ago, "article", "copy", citation, steps, {"delivery": "electronic"} | options)


def other(
    reader: str,
    ago: float,
    material: str,
    wanted: str,
    citation: dict[str, str],
    *steps: Step,
    **options: Any,
) -> Story:
    """Anything else."""
    return Story(reader, ago, material, wanted, citation, steps, options)


def lent(lender: str, *, until: str = "hand", start: float = 0.1) -> tuple[Step, ...]:
    """The usual way of a loan, up to a verb of it."""
    way = (
        step(start, "plan", lender),
        step(start, "ask"),
        step(start + 1, "will"),
        step(start + 2, "ship"),
        step(start + 6, "receive"),
        step(start + 6, "shelve"),
        step(start + 8, "hand"),
    )
    verbs = [each.verb for each in way]
    return way[: verbs.index(until) + 1]

"""The register of processing as a page, printed from what is registered."""

from collections.abc import Iterator

from django.utils.encoding import force_str
from django.utils.translation import override

from illservice.core.retention.registry import Occasion, all_held

_WHEN = {
    Occasion.PERSON: "request unlinked",
    Occasion.CITATION: "citation erased",
    Occasion.LEAVING: "person erased",
}


def as_markdown() -> str:
    """Every kind of what is held: what, why, how long, where it stands and what erases it, in English."""
    with override("en"):
        return "\n".join([*_rows(), ""])


def _rows() -> Iterator[str]:
    yield "| what | why | how long | columns | erased when | told to the person |"
    yield "|---|---|---|---|---|---|"
    for held in all_held():
        columns = [
            f"`{model.rpartition('.')[2]}`: {', '.join(names.split())}"
            for model, names in held.fields.items()
        ]
        when = [words for occasion, words in _WHEN.items() if occasion in held.on]
        if held.prune is not None:
            when.append("old enough")
        if held.goes_with:
            when.append(f"with *{_label_of(held.goes_with)}*")
        cells = (
            force_str(held.label),
            force_str(held.why),
            force_str(held.until),
            "; ".join(columns) or "–",
            ", ".join(when),
            "yes" if held.told else "–",
        )
        yield f"| {' | '.join(cells)} |"


def _label_of(code: str) -> str:
    return next((force_str(each.label) for each in all_held() if each.code == code), code)

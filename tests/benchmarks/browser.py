"""A browser without a screen: keeps cookies, reads forms from pages and sends them with their own fields."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass
class Form:
    """One form of a page with the values that it would send untouched."""

    action: str = ""
    method: str = "get"
    values: dict[str, str] = field(default_factory=dict)


class _FormReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._select = ""
        self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        present = {name for name, _value in attrs}
        if tag == "form":
            self.forms.append(Form(known.get("action", ""), known.get("method", "get").lower()))
        elif self.forms and tag == "input":
            self._input(known, present)
        elif tag == "select":
            self._select = known.get("name", "")
        elif tag == "textarea":
            self._textarea = known.get("name", "")
        elif self.forms and tag == "option" and self._select:
            self._option(known.get("value", ""), chosen="selected" in present)

    def _input(self, known: dict[str, str], present: set[str]) -> None:
        name, kind = known.get("name", ""), known.get("type", "text")
        if not name or kind in {"submit", "button", "image"}:
            return
        if kind in {"checkbox", "radio"} and "checked" not in present:
            return
        self.forms[-1].values[name] = known.get("value", "on" if kind == "checkbox" else "")

    def _option(self, value: str, *, chosen: bool) -> None:
        if chosen:
            self.forms[-1].values[self._select] = value
        else:
            self.forms[-1].values.setdefault(self._select, value)

    def handle_data(self, data: str) -> None:
        if self._textarea and self.forms:
            self.forms[-1].values[self._textarea] = data.lstrip("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            if self._textarea and self.forms:
                self.forms[-1].values.setdefault(self._textarea, "")
            self._textarea = ""


class Browser:
    """One person at one service. Counts what it asks."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.session = requests.Session()
        self.asked = 0
        self.url = base
        self.text = ""

    def open(self, path: str) -> str:
        """Open a page and follow where it leads."""
        return self._took(self.session.get(urljoin(self.base, path), timeout=60))

    def send(self, action: str, **values: str) -> str:
        """Send the form of this page whose address ends with `action` (`""`: the page's own form)."""
        forms = _forms(self.text)
        here = [form for form in forms if form.method == "post" and _matches(form, action)]
        if not here:
            raise LookupError(f"no form {action!r} on {self.url}: {[form.action for form in forms]}")
        target = urljoin(self.url, here[0].action or self.url)
        data = {**here[0].values, **values}
        response = self.session.post(target, data=data, headers={"Referer": self.url}, timeout=60)
        return self._took(response)

    def _took(self, response: requests.Response) -> str:
        self.asked += 1 + len(response.history)
        self.url, self.text = response.url, response.text
        if response.status_code >= 400:
            raise LookupError(f"{response.status_code} for {response.url}: {response.text[:300]}")
        return self.text


def _forms(page: str) -> list[Form]:
    reader = _FormReader()
    reader.feed(page)
    return reader.forms


def _matches(form: Form, action: str) -> bool:
    if not action:
        return "logout" not in form.action and "undo" not in form.action
    return form.action.rstrip("/").endswith(action.rstrip("/"))

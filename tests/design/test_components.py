"""What the shared parts promise to the pages that use them."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django import forms
from django.template.loader import render_to_string
from django.test import RequestFactory
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _static_files_as_they_lie(settings: Settings) -> None:
    """No manifest: these tests need no collectstatic."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }


class Ask(forms.Form):
    title = forms.CharField(label="Title", help_text="As much as you know.")
    year = forms.CharField(label="Year", required=False)
    delivery = forms.ChoiceField(
        label="How?", choices=[("link", "By a link"), ("paper", "On paper")], widget=forms.RadioSelect
    )
    token = forms.CharField(widget=forms.HiddenInput, required=False)


def draw(template: str, **context: Any) -> str:
    return render_to_string(f"components/{template}.html", context, request=RequestFactory().get("/"))


def test_a_field_ties_hint_and_error_to_its_control() -> None:
    html = str(Ask({"delivery": "link"}))
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert 'aria-invalid="true"' in html


def test_only_what_may_be_left_out_is_marked() -> None:
    html = draw("_form", form=Ask())
    assert html.count("(optional)") == 1
    assert "*" not in html
    assert "novalidate" in html
    assert html.count('name="token"') == 1


def test_the_error_summary_names_the_field_of_a_general_error_and_no_field_twice() -> None:
    form = Ask({"delivery": "link", "title": ""})
    assert ">Title – This field is required.</a>" in draw("_error_summary", form=form)
    form = Ask({"delivery": "link", "title": "Bees"})
    form.add_error("title", "Fill in “Title”.")
    assert ">Fill in “Title”.</a>" in draw("_error_summary", form=form)


def test_the_error_summary_links_to_each_field_with_the_same_words() -> None:
    form = Ask({})
    html = draw("_error_summary", form=form)
    assert 'href="#id_title"' in html
    assert 'href="#id_delivery_0"' in html
    assert 'id="id_delivery_0"' in str(form)
    assert html.count(str(form.errors["title"][0])) == 2
    assert "data-error-summary" not in draw("_error_summary", form=Ask())


def test_an_act_is_a_post_with_its_token_and_the_version_seen() -> None:
    actions = [
        {
            "code": "send",
            "label": "Send",
            "url": "/send",
            "primary": True,
            "method": "post",
            "fields": {"try": "2"},
        },
        {"code": "edit", "label": "Edit", "url": "/edit", "primary": False, "method": "get"},
    ]
    html = draw("_actions", actions=actions, version=7)
    assert html.count("<form") == html.count("csrfmiddlewaretoken") == 1
    assert '<input type="hidden" name="version" value="7">' in html
    assert '<input type="hidden" name="try" value="2">' in html
    assert '<a class="button button--second" href="/edit"' in html
    assert "<form" not in draw("_actions", actions=[])


def test_what_people_typed_is_shown_as_text() -> None:
    evil = "<script>alert(1)</script>"
    entry = {"at": datetime(2026, 8, 4, 9, tzinfo=UTC), "title": evil, "text": evil, "actor": evil}
    html = draw("_timeline", entries=[entry]) + draw(
        "_definition_list", facts=[{"label": evil, "value": evil}]
    )
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") == 5


def test_the_queue_row_offers_one_next_step_and_its_keys() -> None:
    row = {
        "number": "B-000123-K",
        "url": "/r/B-000123-K",
        "title": "A title",
        "status": {"text": "Ready", "tone": "info"},
        "badges": [{"text": "Rush", "tone": "bad"}],
        "action": {"code": "send", "label": "Ask", "url": "/send", "method": "post"},
        "version": 3,
    }
    html = draw("_queue_row", row=row, bulk=True)
    for mark in (
        "data-row",
        "data-open",
        "data-select",
        "data-primary",
        'name="version" value="3"',
        "tone-bad",
    ):
        assert mark in html
    assert "data-primary" not in draw("_queue_row", row=row | {"action": None})
    assert "data-select" not in draw("_queue_row", row=row)


def test_error_pages_need_no_request_and_no_user() -> None:
    for page in ("400", "403", "403_csrf", "404", "429", "500", "503"):
        html = render_to_string(f"{page}.html")
        assert html.count("<h1>") == 1
        assert 'id="main"' in html


@pytest.mark.parametrize("page", ["invalid", "not_permitted", "not_found", "conflict"])
def test_a_refusal_page_says_it_in_words_and_leads_back(page: str) -> None:
    context = {
        "message": "It was sent.",
        "allowed": ["Cancel"],
        "fields": {"due": "It was sent."},
        "back_url": "/queue",
    }
    html = render_to_string(f"errors/{page}.html", context, request=RequestFactory().get("/"))
    assert html.count("<h1>") == 1
    assert html.count("It was sent.") == (page != "not_found")
    assert 'href="/queue"' in html


def test_a_conflict_keeps_what_was_typed_and_offers_what_is_possible() -> None:
    typed = [{"label": "Title", "value": "Mine", "copyable": True}]
    context = {"message": "It was sent.", "typed": typed, "url": "/r/B-1", "base": "base_staff.html"}
    html = render_to_string("errors/conflict.html", context, request=RequestFactory().get("/"))
    for words in (
        "It was sent.",
        "Mine",
        'data-copy="Mine"',
        "/r/B-1",
        "nothing was overwritten",
        'class="staff"',
    ):
        assert words in html


def test_a_refused_part_carries_the_mark_that_the_script_looks_for() -> None:
    html = render_to_string(
        "errors/fragment.html", {"message": "Too late.", "allowed": ["Receive", "Cancel"]}
    )
    for words in ("data-refusal", 'role="alert"', "Too late.", "Receive, Cancel"):
        assert words in html

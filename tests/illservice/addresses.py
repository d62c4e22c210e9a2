"""The table of every address: who is answered what (read by test_every_address.py)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from illservice.accounts.roles import Role
from tests.lending.borrower_walks import answers as borrower_answers
from tests.requests_app.patron_walks import answers

WHO = ("anonymous", "ada", "ben", "wrong role", "right role", "administrator", "stranger", "token")
"""Ada owns what the addresses name; ben is another patron of the library; a staff member with a role that the page
is not for, and one with it; the administrator of the library; the administrator of another library; a program with a
token of that other library."""


@dataclass(frozen=True)
class Line:
    """One address, one method, eight answers. `wrong` and `right` are the roles of the two staff members."""

    route: str
    method: str
    answers: str
    path: str
    data: dict[str, Any] = field(default_factory=dict)
    wrong: str = Role.COPYRIGHT
    right: str = Role.BORROWING
    as_json: bool = False


def line(route: str, method: str, answers: str, path: str = "", **more: Any) -> Line:
    """A line; the path is the route itself unless it has parts to fill in."""
    return Line(route, method, answers, path or f"/{route}", more.pop("data", {}), **more)


EVERYBODY = "200 200 200 200 200 200 200 200"
NOT_SO = "405 405 405 405 405 405 405 405"
SIGNED_IN = "302 200 200 200 200 200 200 302"
ELSEWHERE = "302 302 302 302 302 302 302 302"
WITH_A_CARD = "302 200 200 404 404 404 404 302"
WITH_A_CARD_ON = "302 302 302 404 404 404 404 302"
OWN = "302 200 404 404 404 404 404 302"
OWN_ON = "302 302 404 404 404 404 404 302"
STAFF = "302 404 404 200 200 200 404 302"
STAFF_ON = "302 404 404 302 302 302 404 302"
ROLE = "302 404 404 403 200 200 404 302"
ROLE_ON = "302 404 404 403 302 302 404 302"
GONE = "302 404 404 403 404 404 404 302"  # no such row
ADMIN = "302 302 302 302 302 200 200 302"  # the others to /admin/login/, which says 403
ADMIN_OWN = "302 302 302 302 302 200 302 302"  # "there is no such row", as Django's admin says it
ADMIN_GONE = "302 302 302 302 302 302 302 302"
ADMIN_NO = "302 302 302 302 302 403 403 302"

NOT_XML = "415 415 415 415 415 415 415 415"

DESK, LEND = "/desk/north/", "/lend/north/"
EXCHANGE = "/exchange/north/"
PARTNER = "exchange/<slug:slug>/partners/<slug:partner>/"
POLICIES = "policies/<slug:slug>/"
POLICY = {
    "do": "save", "name": "All", "valid_from": "2026-01-01", "loan_days": "35", "renewals": "1", "renewal_days": "28",
    "answer_working_days": "3", "answer_cap_days": "10", "reply_days": "7", "shipping_days_back": "7",
    "resend_days": "14", "unconfirmed_days": "21",
    "grace_days": "0", "steps-TOTAL_FORMS": "0", "steps-INITIAL_FORMS": "0",
}  # fmt: skip
COPYRIGHT: dict[str, Any] = {"right": Role.COPYRIGHT, "wrong": Role.STUDENT}
COPYRIGHT_RULES = {
    "contu_limit": "4",
    "contu_window_mode": "rolling",
    "contu_count_year_basis": "request_date",
    "chapter_statement": "US-CCL",
}
HEADS: dict[str, Any] = {"right": Role.HEAD, "wrong": Role.BORROWING}
TITLES: dict[str, Any] = {"right": Role.COPYRIGHT, "wrong": Role.BORROWING}
JOURNAL = "titles/<slug:slug>/journals/<int:journal>/"
ADMINS: dict[str, Any] = {"right": Role.ADMINISTRATOR, "wrong": Role.HEAD}
FROM = "from/<slug:slug>/"
ONE = "desk/<slug:slug>/requests/<str:number>/"
AT = DESK + "requests/{at_desk}/"
LENT = "lend/<slug:slug>/requests/<str:number>/"
LENT_AT = LEND + "requests/{to_fetch}/"

LINES: list[Line] = [
    line("healthz", "GET", EVERYBODY),
    line("healthz", "POST", NOT_SO),
    # Accounts
    line("", "GET", ELSEWHERE),
    line("login/", "GET", "200 302 302 302 302 302 302 200"),
    line("login/", "POST", "200 302 302 302 302 302 302 200", data={"username": "x", "password": "y"}),
    line("logout/", "GET", NOT_SO),
    line("logout/", "POST", EVERYBODY),
    line("account/", "GET", SIGNED_IN),
    line("account/", "POST", ELSEWHERE, data={"language": "de"}),
    line("account/password/", "GET", SIGNED_IN),
    line("account/password/", "POST", SIGNED_IN, data={"old_password": "x"}),
    line("account/password/done/", "GET", SIGNED_IN),
    line("account/reset/", "GET", EVERYBODY),
    line("account/reset/", "POST", ELSEWHERE, data={"email": "nobody@north.example"}),
    line("account/reset/sent/", "GET", EVERYBODY),
    line("account/reset/<uidb64>/<token>/", "GET", EVERYBODY, "/account/reset/MQ/set-password/"),
    line("account/reset/<uidb64>/<token>/", "POST", EVERYBODY, "/account/reset/MQ/abc-def/"),
    line("account/reset/done/", "GET", EVERYBODY),
    line("account/invitation/<uidb64>/<token>/", "GET", EVERYBODY, "/account/invitation/MQ/set-password/"),
    line("account/invitation/<uidb64>/<token>/", "POST", EVERYBODY, "/account/invitation/MQ/abc/"),
    # Notices
    line("desk/<slug:slug>/notices/", "GET", ROLE, f"{DESK}notices/", right=Role.HEAD, wrong=Role.BORROWING),
    *(
        line(
            "desk/<slug:slug>/notices/<slug:kind>/<slug:language>/",
            method,
            answered,
            f"{DESK}notices/ready/en/",
            right=Role.HEAD,
            wrong=Role.BORROWING,
            data=data,
        )
        for method, answered, data in (("GET", ROLE, {}), ("POST", ROLE_ON, {"do": "restore", "version": "0"}))
    ),
    line("desk/<slug:slug>/notices/gateway/", "POST", ROLE_ON, f"{DESK}notices/gateway/", **HEADS,
         data={"to": "+1 555 0100"}),
    line("desk/<slug:slug>/notices/rules/", "GET", ROLE, f"{DESK}notices/rules/", **HEADS),
    line("desk/<slug:slug>/notices/rules/", "POST", ROLE_ON, f"{DESK}notices/rules/", **HEADS,
         data={"version": "0", "quiet_from": "21:00", "quiet_until": "07:00"}),
    line("desk/<slug:slug>/mails/", "GET", ROLE, f"{DESK}mails/"),
    line("desk/<slug:slug>/mails/again/", "POST", ROLE_ON, f"{DESK}mails/again/", data={"key": "{failed}"}),
    line("desk/<slug:slug>/mails/again/", "GET", NOT_SO, f"{DESK}mails/again/"),
    # The calendar
    *(
        line(f"calendar/<slug:slug>/{page}", method, answered, f"/calendar/north/{page}", data=data, **HEADS)
        for page, method, answered, data in (
            ("", "GET", ROLE, {}),
            ("usual/", "GET", ROLE, {}),
            ("usual/", "POST", ROLE_ON, {"closed_weekdays": ["7"]}),
            ("holidays/", "POST", ROLE_ON, {}),
            ("holiday/", "POST", GONE, {"day": "2026-01-01", "closed": "no"}),
            ("closure/", "GET", ROLE, {}),
            ("closure/", "POST", ROLE_ON, {"first_day": "2030-01-07"}),
            ("vacation/", "GET", ROLE, {}),
            ("vacation/", "POST", ROLE_ON, {"first_day": "2030-01-07", "stops": ["lending"]}),
            ("remove/", "POST", ROLE_ON, {"day": "2026-03-02"}),
            ("restore/", "POST", ROLE_ON, {}),
        )
    ),
    line("clocks/<slug:slug>/", "GET", ROLE, "/clocks/north/", **HEADS),
    # Partners' systems; a message needs no sign-in here, but it must be XML
    line("iso18626", "GET", NOT_SO),
    line("iso18626", "POST", NOT_XML),
    line("titles/<slug:slug>/", "GET", ROLE, "/titles/north/", wrong=Role.BORROWING, right=Role.COPYRIGHT),
    line("titles/<slug:slug>/", "POST", "302 404 404 403 422 422 404 302", "/titles/north/",
         wrong=Role.BORROWING, right=Role.COPYRIGHT),
    *(
        line(f"titles/<slug:slug>/{route}", method, answers, f"/titles/north/{route}", data=data, **TITLES)
        for route, method, answers, data in (
            ("journals/", "GET", ROLE, {}),
            ("journals/new/", "GET", ROLE, {}),
            ("journals/new/", "POST", ROLE_ON, {"title": "Lakes"}),
            ("licences/", "GET", ROLE, {}),
            ("licences/new/", "GET", ROLE, {}),
            ("licences/new/", "POST", ROLE_ON, {"name": "All", "terms": "silent"}),
        )
    ),
    *(
        line(f"{JOURNAL}{route}", method, answers, f"/titles/north/journals/{{journal}}/{path}", data=data, **TITLES)
        for route, path, method, answers, data in (
            ("", "", "GET", ROLE, {}),
            ("edit/", "edit/", "GET", ROLE, {}),
            ("edit/", "edit/", "POST", ROLE_ON, {"title": "Ponds"}),
            ("issn/", "issn/", "GET", ROLE, {}),
            ("issn/", "issn/", "POST", ROLE_ON, {"issn": "2049-3630", "kind": "print"}),
            ("link/", "link/", "GET", ROLE, {}),
            ("link/", "link/", "POST", "302 404 404 403 422 422 404 302", {"issn": "1", "other_is": "later"}),
            ("remove/<slug:what>/<slug:key>/", "remove/issn/0317-8471/", "GET", ROLE, {}),
            ("remove/<slug:what>/<slug:key>/", "remove/link/0/", "POST", GONE, {}),
            ("subscribe/", "subscribe/", "GET", ROLE, {}),
            ("subscribe/", "subscribe/", "POST", ROLE_ON, {"status": "active"}),
            ("subscriptions/<int:subscription>/", "subscriptions/{subscription}/", "GET", ROLE, {}),
            ("subscriptions/<int:subscription>/", "subscriptions/{subscription}/", "POST",
             "302 404 404 403 422 422 404 302", {"status": "ordered"}),
            ("subscriptions/<int:subscription>/end/", "subscriptions/{subscription}/end/", "GET", ROLE, {}),
            ("subscriptions/<int:subscription>/end/", "subscriptions/{subscription}/end/", "POST", ROLE_ON,
             {"on": "2026-03-02"}),
        )
    ),
    line("titles/<slug:slug>/licences/<int:licence>/", "GET", ROLE, "/titles/north/licences/{licence}/", **TITLES),
    line("titles/<slug:slug>/licences/<int:licence>/", "POST", "302 404 404 403 422 422 404 302",
         "/titles/north/licences/{licence}/", data={"name": ""}, **TITLES),
    line("titles/<slug:slug>/licences/<int:licence>/remove/", "GET", ROLE,
         "/titles/north/licences/{licence}/remove/", **TITLES),
    line("titles/<slug:slug>/licences/<int:licence>/remove/", "POST", ROLE_ON,
         "/titles/north/licences/{licence}/remove/", **TITLES),
    line("exchange/<slug:slug>/partners/", "GET", ROLE, f"{EXCHANGE}partners/", **HEADS),
    line(PARTNER, "GET", ROLE, f"{EXCHANGE}partners/eastlake/", **HEADS),
    line(PARTNER, "POST", ROLE_ON, f"{EXCHANGE}partners/eastlake/", **HEADS,
         data={"transport": "http", "address": "http://127.0.0.1:9/", "edition": "1.2"}),
    line(f"{PARTNER}test/", "POST", ROLE, f"{EXCHANGE}partners/eastlake/test/", **HEADS),
    line(f"{PARTNER}try/", "POST", ROLE_ON, f"{EXCHANGE}partners/eastlake/try/", **HEADS),
    line(f"{PARTNER}credentials/", "POST", ROLE, f"{EXCHANGE}partners/eastlake/credentials/", **HEADS,
         data={"partner_username": "eastlake"}),
    line("exchange/<slug:slug>/<str:number>/", "GET", STAFF, f"{EXCHANGE}{{at_desk}}/"),
    line("exchange/<slug:slug>/<str:number>/again/", "POST", ROLE_ON, f"{EXCHANGE}{{at_desk}}/again/",
         data={"key": "{unsent}"}),
    # Loan policies
    line("policies/<slug:slug>/", "GET", ROLE, "/policies/north/", **HEADS),
    line(f"{POLICIES}new/<slug:side>/", "GET", ROLE, "/policies/north/new/lending/", **HEADS),
    line(f"{POLICIES}new/<slug:side>/", "POST", ROLE_ON, "/policies/north/new/lending/", **HEADS,
         data=POLICY | {"material": "map"}),
    line(f"{POLICIES}<int:number>/", "GET", ROLE, "/policies/north/1/", **HEADS),
    line(f"{POLICIES}<int:number>/", "POST", ROLE_ON, "/policies/north/1/", **HEADS, data=POLICY | {"seen": "1"}),
    line(f"{POLICIES}<int:number>/stop/", "GET", ROLE, "/policies/north/1/stop/", **HEADS),
    line(f"{POLICIES}<int:number>/stop/", "POST", ROLE_ON, "/policies/north/1/stop/", **HEADS, data={"seen": "1"}),
    line(f"{POLICIES}<int:number>/undo/", "POST", ROLE_ON, "/policies/north/1/undo/", **HEADS, data={"seen": "1"}),
    # Copies; whoever holds the address of a borrower's link opens it
    line("documents/<str:key>/", "GET", OWN, "/documents/{document}/"),
    line("documents/<str:key>/", "POST", OWN, "/documents/{document}/", data={"accepted": "on"}),
    line("d/<str:token>/", "GET", EVERYBODY, "/d/{copy}/"),
    line("d/<str:token>/", "POST", EVERYBODY, "/d/{copy}/", data={"accepted": "on"}),
    line("desk/<slug:slug>/documents/<str:key>/", "GET", STAFF, f"{DESK}documents/{{document}}/"),
    # Whoever holds the address in a mail to a lender answers for it
    line("answer/<str:token>/", "GET", EVERYBODY, "/answer/{answer}/"),
    line("answer/<str:token>/", "POST", EVERYBODY, "/answer/{answer}/", data={"do": "lender_no"}),
    # Whoever reads a reminder switches it off by its link
    line("notices/stop/<str:token>/", "GET", EVERYBODY, "/notices/stop/{stop}/"),
    line("notices/stop/<str:token>/", "POST", EVERYBODY, "/notices/stop/{stop}/",
         data={"List-Unsubscribe": "One-Click"}),
    # A patron asks
    line("ask/", "GET", WITH_A_CARD),
    line("ask/", "POST", WITH_A_CARD_ON, data={"material": "book"}),
    line("ask/change/<str:key>/", "GET", OWN, "/ask/change/{draft}/"),
    line("ask/change/<str:key>/", "POST", OWN_ON, "/ask/change/{draft}/", data={"material": "article"}),
    line("ask/check/<str:key>/", "GET", OWN, "/ask/check/{draft}/"),
    line("ask/check/<str:key>/", "POST", OWN_ON, "/ask/check/{draft}/", data={"seen": "1"}),
    line("ask/done/<str:number>/", "GET", OWN, "/ask/done/{number}/"),
    line("ask/done/<str:number>/save/", "GET", OWN, "/ask/done/{number}/save/"),
    line("ask/<slug:material>/", "GET", WITH_A_CARD, "/ask/book/"),
    line("ask/<slug:material>/", "POST", WITH_A_CARD_ON, "/ask/book/", data=answers()),
    line("ask/<slug:material>/<str:key>/", "GET", OWN, "/ask/book/{draft}/"),
    line("ask/<slug:material>/<str:key>/", "POST", OWN_ON, "/ask/book/{draft}/", data=answers()),
    line("openurl", "GET", WITH_A_CARD_ON, "/openurl?title=Bees"),
    line("openurl", "POST", ELSEWHERE, "/openurl", data={"title": "Bees"}),
    line("openurl/", "GET", WITH_A_CARD_ON, "/openurl/?title=Bees"),
    line("openurl/", "POST", ELSEWHERE, "/openurl/", data={"title": "Bees"}),
    # What came by a link belongs to nobody yet: whoever holds the key signs in and goes on.
    line("openurl/<str:key>/", "GET", WITH_A_CARD_ON, "/openurl/{visit}/"),
    # A patron's own requests
    line("my/", "GET", WITH_A_CARD),
    line("my/library/", "POST", "302 302 302 404 404 404 404 302", data={"library": "north"}),
    line("my/library/", "POST", "302 404 404 404 404 404 404 302", data={"library": "south"}),
    line("my/data/", "GET", WITH_A_CARD),
    line("my/data/all/", "GET", WITH_A_CARD),
    line("my/data/file/", "GET", WITH_A_CARD),
    line("my/data/choose/", "POST", WITH_A_CARD_ON, data={"history": "keep"}),
    line("my/data/erase/", "GET", WITH_A_CARD),
    # ada has open requests and stays; ben is gone with the answer
    line("my/data/erase/", "POST", "302 302 200 404 404 404 404 302"),
    line("my/notices/", "GET", WITH_A_CARD),
    line("my/notices/", "POST", WITH_A_CARD_ON, data={"everything": "email"}),
    line("my/notices/proxies/", "POST", WITH_A_CARD_ON,
         data={"proxy-name": "Kim Example", "proxy-may_collect": "on"}),
    line("my/notices/proxies/<int:proxy>/remove/", "POST", OWN_ON, "/my/notices/proxies/{proxy}/remove/"),
    line("my/requests/<str:number>/due.ics", "GET", OWN, "/my/requests/{number}/due.ics"),
    line("my/requests/<str:number>/", "GET", OWN, "/my/requests/{number}/"),
    line("my/requests/<str:number>/cancel/", "GET", OWN, "/my/requests/{ready}/cancel/"),
    line("my/requests/<str:number>/cancel/", "POST", OWN_ON, "/my/requests/{ready}/cancel/"),
    line("my/requests/<str:number>/needed/", "GET", OWN_ON, "/my/requests/{number}/needed/"),
    line("my/requests/<str:number>/needed/", "POST", OWN_ON, "/my/requests/{number}/needed/"),
    line("my/requests/<str:number>/again/", "POST", OWN_ON, "/my/requests/{number}/again/"),
    line("my/requests/<str:number>/write/", "POST", OWN_ON, "/my/requests/{number}/write/",
         data={"text": "Hello", "key": "k"}),
    line("my/requests/<str:number>/do/<slug:code>/", "POST", OWN_ON,
         "/my/requests/{number}/do/ask_renewal/"),
    # A borrowing library's own requests; ada asks in the name of one, too
    line("from/", "GET", OWN_ON),
    line("from/", "POST", OWN_ON, data={"lender": "north", "borrower": "eastlake"}),
    line(FROM, "GET", OWN, "/from/north/"),
    line(f"{FROM}ask/", "GET", OWN, "/from/north/ask/"),
    line(f"{FROM}ask/", "POST", OWN_ON, "/from/north/ask/", data={"material": "book"}),
    line(f"{FROM}ask/change/<str:key>/", "GET", OWN, "/from/north/ask/change/{lend_draft}/"),
    line(f"{FROM}ask/change/<str:key>/", "POST", OWN_ON, "/from/north/ask/change/{lend_draft}/",
         data={"material": "article"}),
    line(f"{FROM}ask/<slug:material>/", "GET", OWN, "/from/north/ask/book/"),
    line(f"{FROM}ask/<slug:material>/", "POST", OWN_ON, "/from/north/ask/book/", data=borrower_answers()),
    line(f"{FROM}ask/<slug:material>/<str:key>/", "GET", OWN, "/from/north/ask/book/{lend_draft}/"),
    line(f"{FROM}ask/<slug:material>/<str:key>/", "POST", OWN_ON, "/from/north/ask/book/{lend_draft}/",
         data=borrower_answers()),
    line(f"{FROM}check/<str:key>/", "GET", OWN, "/from/north/check/{lend_draft}/"),
    line(f"{FROM}check/<str:key>/", "POST", OWN_ON, "/from/north/check/{lend_draft}/", data={"seen": "1"}),
    line(f"{FROM}sent/<str:number>/", "GET", OWN, "/from/north/sent/{lent}/"),
    line(f"{FROM}requests/<str:number>/", "GET", OWN, "/from/north/requests/{lent}/"),
    line(f"{FROM}requests/<str:number>/label/", "GET", OWN, "/from/north/requests/{lent}/label/"),
    line(f"{FROM}requests/<str:number>/label/", "POST", OWN, "/from/north/requests/{lent}/label/",
         data={"sheet": "x"}),
    line(f"{FROM}requests/<str:number>/copy/", "GET", OWN_ON, "/from/north/requests/{lent}/copy/"),
    line(f"{FROM}requests/<str:number>/cancel/", "GET", OWN_ON, "/from/north/requests/{lent}/cancel/"),
    *(
        line(f"{FROM}requests/<str:number>/{step}/", "POST", OWN_ON, f"/from/north/requests/{{lent}}/{step}/",
             data=data)
        for step, data in (("cancel", {}), ("again", {}), ("write", {"text": "Hello", "key": "k"}),
                           ("statement", {"statement": "US-CCL"}))
    ),
    line(f"{FROM}requests/<str:number>/do/<slug:code>/", "POST", OWN_ON,
         "/from/north/requests/{lent}/do/ask_renewal/"),
    line("lend/<slug:slug>/accounts/", "GET", ROLE, "/lend/north/accounts/", right=Role.LENDING),
    line("lend/<slug:slug>/accounts/", "POST", ROLE_ON, "/lend/north/accounts/", right=Role.LENDING,
         data={"partner": "eastlake", "name": "A Librarian", "email": "ask@eastlake.example"}),
    *(
        line(f"lend/<slug:slug>/accounts/{step}/", "POST", ROLE_ON, f"/lend/north/accounts/{step}/",
             right=Role.LENDING, data={"account": "{account}"})
        for step in ("again", "remove")
    ),
    # One request at the lending desk, typing one in, and its rules
    line(LENT, "GET", STAFF, LENT_AT, right=Role.LENDING),
    line(f"{LENT}note/", "POST", STAFF_ON, f"{LENT_AT}note/", data={"text": "x"}, right=Role.LENDING),
    line(f"{LENT}files/", "GET", ROLE, f"{LENT_AT}files/", right=Role.STUDENT),
    line(f"{LENT}files/", "POST", ROLE_ON, f"{LENT_AT}files/", right=Role.STUDENT,
         data={"url": "https://copies.example/1"}),
    line(f"{LENT}files/remove/", "POST", ROLE_ON, f"{LENT_AT}files/remove/", right=Role.STUDENT,
         data={"key": "{lent_scan}"}),
    line(f"{LENT}undo/", "POST", ROLE_ON, f"{LENT_AT}undo/", right=Role.LENDING, data={"act": "{lent_act}"}),
    line(f"{LENT}do/<str:action>/", "GET", ROLE, f"{LENT_AT}do/ship/", right=Role.LENDING),
    line(f"{LENT}do/<str:action>/", "POST", ROLE_ON, f"{LENT_AT}do/refuse/", right=Role.LENDING,
         data={"version": "{lent_version}", "reason": "{lent_reason}"}),
    line("lend/<slug:slug>/new/", "GET", ROLE, f"{LEND}new/", right=Role.LENDING),
    line("lend/<slug:slug>/new/", "POST", ROLE_ON, f"{LEND}new/", right=Role.LENDING,
         data={"borrower": "eastlake", "material": "book", "wanted": "loan", "title": "On Bees", "author": "Hale",
               "system": "mail", "delivery": "mail", "confirmed": "1"}),
    line("lend/<slug:slug>/rules/", "GET", ROLE, f"{LEND}rules/", right=Role.HEAD, wrong=Role.LENDING),
    line("lend/<slug:slug>/rules/", "POST", ROLE_ON, f"{LEND}rules/", right=Role.HEAD, wrong=Role.LENDING,
         data={"statement_rule": "warn"}),
    line("lend/<slug:slug>/borrowers/<slug:partner>/standing/", "POST", ROLE_ON,
         f"{LEND}borrowers/eastlake/standing/", right=Role.LENDING, data={"standing": "blocked"}),
    line("lend/<slug:slug>/help/workflow/", "GET", STAFF, f"{LEND}help/workflow/"),
    # The lending desk's lists
    line("lend/<slug:slug>/", "GET", STAFF, LEND),
    line("lend/<slug:slug>/batch/", "POST", STAFF_ON, f"{LEND}batch/", right=Role.LENDING,
         data={"do": "mark_printed", "chosen": "{to_fetch}"}),
    line("lend/<slug:slug>/stacks/", "GET", ROLE, f"{LEND}stacks/", right=Role.STUDENT),
    line("lend/<slug:slug>/stacks/", "POST", ROLE_ON, f"{LEND}stacks/", right=Role.STUDENT,
         data={"number": "{to_fetch}", "item": "{item}", "do": "found"}),
    line("lend/<slug:slug>/scan/", "GET", ROLE, f"{LEND}scan/", right=Role.LENDING),
    line("lend/<slug:slug>/scan/", "POST", ROLE_ON, f"{LEND}scan/", right=Role.LENDING,
         data={"do": "item_found", "code": "{to_fetch}"}),
    line("lend/<slug:slug>/scan/new/", "POST", ROLE_ON, f"{LEND}scan/new/", right=Role.LENDING),
    line("lend/<slug:slug>/attention/", "GET", STAFF, f"{LEND}attention/"),
    line("lend/<slug:slug>/attention/settle/", "POST", ROLE_ON, f"{LEND}attention/settle/",
         right=Role.LENDING, data={"number": "{to_fetch}", "kind": "borrower_wrote"}),
    line("lend/<slug:slug>/money/", "GET", ROLE, f"{LEND}money/", wrong=Role.BORROWING, right=Role.LENDING),
    line("lend/<slug:slug>/money/export/", "GET", ROLE, f"{LEND}money/export/", wrong=Role.BORROWING,
         right=Role.LENDING),
    line("lend/<slug:slug>/print/", "GET", STAFF, f"{LEND}print/?kind=pull_slip&number={{to_fetch}}"),
    line("lend/<slug:slug>/print/", "POST", STAFF, f"{LEND}print/",
         data={"kind": "pull_slip", "number": "{to_fetch}", "sheet": "a6"}),
    line("lend/<slug:slug>/print/done/", "POST", ROLE_ON, f"{LEND}print/done/", right=Role.STUDENT,
         data={"items": "{item}"}),
    # The desk's lists
    line("desk/<slug:slug>/", "GET", STAFF, DESK),
    line("desk/<slug:slug>/batch/", "POST", STAFF_ON, f"{DESK}batch/",
         data={"do": "shelve", "chosen": "{at_desk}"}),
    line("desk/<slug:slug>/print/", "GET", STAFF, f"{DESK}print/?kind=band&number={{at_desk}}"),
    line("desk/<slug:slug>/print/", "POST", STAFF, f"{DESK}print/",
         data={"kind": "band", "number": "{at_desk}", "sheet": "a4-3"}),
    line("desk/<slug:slug>/receive/", "GET", ROLE, f"{DESK}receive/"),
    line("desk/<slug:slug>/receive/", "POST", ROLE_ON, f"{DESK}receive/",
         data={"code": "{number}"}),
    line("desk/<slug:slug>/receive/new/", "POST", ROLE_ON, f"{DESK}receive/new/"),
    line("desk/<slug:slug>/attention/", "GET", STAFF, f"{DESK}attention/"),
    line("desk/<slug:slug>/attention/settle/", "POST", ROLE_ON, f"{DESK}attention/settle/",
         data={"number": "{at_desk}", "kind": "patron_wrote"}),
    line("desk/<slug:slug>/money/", "GET", ROLE, f"{DESK}money/", wrong=Role.LENDING),
    line("desk/<slug:slug>/money/export/", "GET", ROLE, f"{DESK}money/export/", wrong=Role.LENDING),
    line("desk/<slug:slug>/copyright-replay/", "GET", ROLE, f"{DESK}copyright-replay/", **ADMINS),
    line("desk/<slug:slug>/copyright-replay/", "POST", "302 404 404 403 422 422 404 302",
         f"{DESK}copyright-replay/", **ADMINS),
    line("desk/<slug:slug>/copyright-texts/<path:version>/", "GET", "302 404 404 404 404 404 404 302",
         f"{DESK}copyright-texts/37-CFR-201.14/1/"),
    line("desk/<slug:slug>/copyright/", "GET", ROLE, f"{DESK}copyright/", **COPYRIGHT),
    *(
        line(f"desk/<slug:slug>/copyright/{page}/", "GET", ROLE, f"{DESK}copyright/{page}/", **COPYRIGHT)
        for page in ("report", "counts", "royalties")
    ),
    line("desk/<slug:slug>/copyright/pay/", "POST", ROLE_ON, f"{DESK}copyright/pay/",
         data={"do": "make", "currency": "USD"}, **COPYRIGHT),
    line("desk/<slug:slug>/copyright/rules/", "GET", ROLE, f"{DESK}copyright/rules/", **HEADS),
    line("desk/<slug:slug>/copyright/rules/", "POST", ROLE_ON, f"{DESK}copyright/rules/", data=COPYRIGHT_RULES,
         **HEADS),
    line("desk/<slug:slug>/privacy/", "GET", ROLE, f"{DESK}privacy/", **HEADS),
    line("desk/<slug:slug>/privacy/", "POST", ROLE_ON, f"{DESK}privacy/", data={"citation_years": "4"}, **HEADS),
    *(
        line("desk/<slug:slug>/data/<path:barcode>/", method, answered, f"{DESK}data/north-ada-001/",
             right=Role.ADMINISTRATOR, wrong=Role.HEAD)
        for method, answered in (("GET", ROLE), ("POST", ROLE_ON))
    ),
    line("desk/<slug:slug>/data-file/<path:barcode>/", "GET", ROLE, f"{DESK}data-file/north-ada-001/",
         right=Role.ADMINISTRATOR, wrong=Role.HEAD),
    line("desk/<slug:slug>/patrons/", "GET", ROLE, f"{DESK}patrons/"),
    line("desk/<slug:slug>/patrons/<path:barcode>/", "GET", ROLE, f"{DESK}patrons/north-ada-001/"),
    line("desk/<slug:slug>/patrons/<path:barcode>/", "POST", ROLE_ON, f"{DESK}patrons/north-ada-001/",
         data={"do": "block", "reason": "x"}, wrong=Role.STUDENT),
    line("desk/<slug:slug>/new/", "GET", ROLE, f"{DESK}new/"),
    line("desk/<slug:slug>/new/", "POST", ROLE_ON, f"{DESK}new/",
         data=answers() | {"patron": "north-ada-001", "material": "book", "token": "t", "confirmed": "1"}),
    line("desk/<slug:slug>/numbers/", "GET", ROLE, f"{DESK}numbers/"),
    line("desk/<slug:slug>/numbers/", "POST", ROLE, f"{DESK}numbers/",
         data={"system": "oclc", "pasted": "{number} 12345"}),
    line("desk/<slug:slug>/help/workflow/", "GET", STAFF, f"{DESK}help/workflow/"),
    line("desk/<slug:slug>/partners/<slug:partner>/address/", "POST", ROLE_ON,
         f"{DESK}partners/eastlake/address/", data={"email": "new@eastlake.example"}),
    # One request at the desk
    line(ONE, "GET", STAFF, AT),
    line(f"{ONE}note/", "POST", STAFF_ON, f"{AT}note/", data={"text": "x"}),
    line(f"{ONE}accept-patron/", "POST", ROLE_ON, DESK + "requests/{new_patron}/accept-patron/",
         data={"version": "1"}),
    line(f"{ONE}files/", "GET", ROLE, f"{AT}files/"),
    line(f"{ONE}files/", "POST", ROLE_ON, f"{AT}files/", data={"url": "https://copies.example/1"}),
    line(f"{ONE}files/<str:key>/<slug:what>/", "POST", ROLE_ON,
         DESK + "requests/{number}/files/{document}/withdraw/"),
    line(f"{ONE}undo/", "POST", ROLE_ON, DESK + "requests/{number}/undo/", data={"act": "{act}"}),
    line(f"{ONE}do/plan_lenders/", "GET", ROLE, DESK + "requests/{ready}/do/plan_lenders/"),
    line(f"{ONE}do/plan_lenders/", "POST", ROLE_ON, DESK + "requests/{ready}/do/plan_lenders/",
         data={"do": "save", "version": "1", "partners": "eastlake"}),
    line(f"{ONE}do/<str:action>/", "GET", ROLE, f"{AT}do/shelve/"),
    line(f"{ONE}do/<str:action>/", "POST", ROLE_ON, f"{AT}do/shelve/", data={"version": "{version}"}),
    # Programs
    line("api/schema/", "GET", "401 403 403 200 200 200 200 200"),
    line("api/docs/", "GET", "401 403 403 200 200 200 200 200"),
    line("api/v1/copyright/", "GET", "401 403 403 200 200 200 200 200"),
    line("api/v1/requests/", "GET", "401 403 403 200 200 200 200 200"),
    line("api/v1/requests/", "GET", "401 404 404 200 200 200 404 404", "/api/v1/requests/?library=north"),
    line("api/v1/requests/", "POST", "401 403 403 403 201 201 400 400", as_json=True,
         data={"patron": "north-ada-001", "material": "book", "wanted": "loan", "citation": {"title": "Ants"}}),
    line("api/v1/requests/<str:number>/", "GET", "401 403 403 200 200 200 404 404",
         "/api/v1/requests/{number}/"),
    line("api/v1/requests/<str:number>/actions/<slug:action>/", "POST", "401 403 403 403 200 200 404 404",
         "/api/v1/requests/{at_desk}/actions/shelve/", as_json=True),
    # Master data
    line("admin/", "GET", ADMIN),
    line("admin/login/", "GET", "302 403 403 403 403 302 302 302"),
    line("admin/login/", "POST", "302 403 403 403 403 302 302 302"),
    line("admin/logout/", "POST", ADMIN),
    line("admin/password_change/", "GET", ADMIN),
    line("admin/password_change/done/", "GET", ADMIN),
    line("admin/autocomplete/", "GET", ADMIN_NO),
    line("admin/jsi18n/", "GET", ADMIN),
    line("admin/r/<path:content_type_id>/<path:object_id>/", "GET", "302 302 302 302 302 404 404 302",
         "/admin/r/999/1/"),
    line("admin/ill_accounts/user/<id>/password/", "GET", "302 302 302 302 302 200 404 302",
         "/admin/ill_accounts/user/{user}/password/"),
    line("admin/^(?P<app_label>ill_accounts|ill_core|ill_directory|ill_citations|ill_patrons|axes)/$", "GET", ADMIN,
         "/admin/ill_directory/"),
    line("admin/(?P<url>.*)$", "GET", "302 302 302 302 302 404 404 302", "/admin/nothing/here/"),
]  # fmt: skip

MASTER = {
    "ill_accounts/user": "own",
    "ill_accounts/membership": "own",
    "ill_accounts/apitoken": "own",
    "ill_core/auditentry": "read",
    "ill_citations/journal": "operators",
    "ill_citations/titlelink": "operators",
    "ill_directory/legalentity": "operators",
    "ill_directory/library": "own",
    "ill_directory/symbol": "own",
    "ill_directory/branch": "own",
    "ill_directory/agreement": "own",
    "ill_directory/closedday": "own",
    "ill_directory/partnership": "own",
    "ill_directory/reason": "own",
    "ill_patrons/patroncategory": "own",
    "ill_patrons/patron": "own",
    "axes/accessattempt": "operators",
    "axes/accesslog": "operators",
    "axes/accessfailurelog": "operators",
}
"""Pages of the master data: of administrators for rows of their own library, only to be read, or of operators."""
NEVER_DELETED = {"ill_accounts/user", "ill_directory/library", "ill_directory/branch", "ill_directory/reason"}
NEVER_DELETED |= {"ill_patrons/patroncategory", "ill_patrons/patron"}


def _master_lines() -> Iterator[Line]:
    for model, whose in MASTER.items():
        base, one = f"admin/{model}/", f"admin/{model}/<path:object_id>/"
        at = f"/admin/{model}/{{{model}}}/"
        lists = ADMIN_NO if whose == "operators" else ADMIN
        adds = ADMIN if whose == "own" else ADMIN_NO
        shows = ADMIN_NO if whose == "operators" else ADMIN_OWN
        yield line(base, "GET", lists)
        yield line(f"{base}add/", "GET", adds)
        yield line(f"{base}add/", "POST", adds)
        yield line(f"{one}change/", "GET", shows, f"{at}change/")
        yield line(f"{one}change/", "POST", shows if whose == "own" else ADMIN_NO, f"{at}change/")
        yield line(
            f"{one}history/", "GET", ADMIN_GONE if whose == "operators" else ADMIN_OWN, f"{at}history/"
        )
        deletes = ADMIN_OWN if whose == "own" and model not in NEVER_DELETED else ADMIN_NO
        yield line(f"{one}delete/", "GET", deletes, f"{at}delete/")
        yield line(one, "GET", ADMIN.replace("200", "302"), at)


ALL_LINES = [*LINES, *_master_lines()]

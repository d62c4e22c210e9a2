"""What stood in columns of libraries, partners, lending desks and patron categories becomes policies.

A library gets a policy where it had set something else than the service's defaults. Days to answer were calendar days,
so they become both the open days and the cap.
"""

from datetime import date

from django.db import migrations, models
from django.utils import timezone

FIRST_DAY = date(2000, 1, 1)
SAME = {
    "loan_days": 35,
    "renewals": 1,
    "renewal_days": 28,
    "renewal_silence_days": None,
    "auto_renew_days": None,
    "return_buffer_days": 4,
    "shipping_days_out": 14,
    "shipping_days_back": 7,
    "answer_cap_days": 10,
    "reply_days": 7,
    "ship_days": 7,
    "shelf_days": 10,
    "grace_days": 0,
    "overdue": [{"day": 1, "notice": True, "block": False, "bill": False}],
    "lost_days": None,
    "replacement_charge": None,
    "max_cost": None,
    "fee": None,
    "open_limit": None,
    "need_by_days": None,
    "conditions": [],
}
TERMS = {
    "borrowing": SAME
    | {"unconfirmed_days": 30, "answer_working_days": 4, "resend_days": 30, "due_soon_days": [3]},
    "lending": SAME
    | {"unconfirmed_days": 21, "answer_working_days": 3, "resend_days": 14, "due_soon_days": []},
}
LIBRARY = {"return_buffer_days": ("return_buffer_days", 4), "shelf_days": ("shelf_days", 10)}
DESK = {
    "loan_days": ("loan_days", 35),
    "renewal_days": ("renewal_days", 28),
    "transit_days": ("shipping_days_back", 7),
    "resend_days": ("resend_days", 14),
    "reply_days": ("reply_days", 7),
}
"""Columns, each with the term that says the same and the default that both have."""


def differences(row, columns, answer_column, answer_default):
    """The terms that a row says otherwise than the defaults."""
    said = {
        term: getattr(row, name) for name, (term, usual) in columns.items() if getattr(row, name) != usual
    }
    days = getattr(row, answer_column)
    return said if days == answer_default else said | answer(days)


def answer(days):
    return {"answer_working_days": days, "answer_cap_days": days}


def add(apps, library_id, side, name, said, **scope):
    """One policy with its first version, unless there is one for the scope."""
    policies = apps.get_model("ill_policies", "Policy").objects.filter(library_id=library_id)
    selector = f"{side}|{scope.get('partner_id', '')}||{scope.get('category', '')}||"
    if policies.filter(selector=selector).exists():
        return
    policy = policies.model.objects.create(
        library_id=library_id,
        number=(policies.aggregate(last=models.Max("number"))["last"] or 0) + 1,
        side=side,
        name=name[:100],
        selector=selector,
        **scope,
    )
    apps.get_model("ill_policies", "PolicyVersion").objects.create(
        policy=policy, number=1, valid_from=FIRST_DAY, terms=TERMS[side] | said, made_at=timezone.now()
    )


def make_policies(apps, schema_editor):
    for library in apps.get_model("ill_directory", "Library").objects.filter(is_tenant=True):
        general = differences(library, LIBRARY, "answer_days", 4)
        if general:
            add(apps, library.pk, "borrowing", "Everybody", general)
        partners = library.partnerships.filter(answer_days__isnull=False).select_related("partner")
        for known in partners:
            said = general | answer(known.answer_days)
            add(apps, library.pk, "borrowing", known.partner.name, said, partner_id=known.partner_id)
        limited = apps.get_model("ill_patrons", "PatronCategory").objects.filter(
            library_id=library.pk, open_request_limit__isnull=False
        )
        for category in limited:
            said = general | {"open_limit": category.open_request_limit}
            add(apps, library.pk, "borrowing", category.name, said, category=category.code)
    for desk in apps.get_model("ill_lending", "LendingDesk").objects.all():
        said = differences(desk, DESK, "respond_days", 3)
        if said:
            add(apps, desk.library_id, "lending", "Everybody", said)


def newest(policy):
    version = policy.versions.filter(withdrawn_at__isnull=True, stops=False).order_by("-number").first()
    return version.terms if version else None


def fill_columns(apps, schema_editor):
    """Back: the columns say what the newest versions say; the policies stay."""
    tables = {
        "library": apps.get_model("ill_directory", "Library"),
        "partner": apps.get_model("ill_directory", "Partnership"),
        "category": apps.get_model("ill_patrons", "PatronCategory"),
        "desk": apps.get_model("ill_lending", "LendingDesk"),
    }
    plain = apps.get_model("ill_policies", "Policy").objects.filter(
        agreement__isnull=True, material="", kind=""
    )
    for policy in plain:
        terms = newest(policy)
        if terms is not None:
            _fill(tables, policy, terms)


def _fill(tables, policy, terms):
    own, days = policy.library_id, terms["answer_cap_days"]
    if policy.side == "lending" and policy.partner_id is None:
        values = {name: terms[term] for name, (term, _usual) in DESK.items()}
        tables["desk"].objects.filter(library_id=own).update(
            respond_days=min(days, terms["answer_working_days"]), **values
        )
    elif policy.side == "borrowing" and policy.partner_id is not None:
        tables["partner"].objects.filter(library_id=own, partner_id=policy.partner_id).update(
            answer_days=days
        )
    elif policy.side == "borrowing" and policy.category:
        rows = tables["category"].objects.filter(library_id=own, code=policy.category)
        rows.update(open_request_limit=terms["open_limit"])
    elif policy.side == "borrowing":
        values = {name: terms[term] for name, (term, _usual) in LIBRARY.items()}
        tables["library"].objects.filter(pk=own).update(
            answer_days=min(days, terms["answer_working_days"]), **values
        )


class Migration(migrations.Migration):
    dependencies = [
        ("ill_policies", "0001_initial"),
        ("ill_directory", "0007_how_to_pay"),
        ("ill_lending", "0006_charges"),
        ("ill_patrons", "0002_patron_search_index"),
    ]

    operations = [migrations.RunPython(make_policies, fill_columns)]

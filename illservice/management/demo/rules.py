"""The loan policies of the demo library: limits for patrons, an easier one for teachers, one for a good neighbour."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from illservice.accounts.roles import Role
from illservice.management.demo.house import House
from illservice.policies.services import Selector, Wording, make_policy
from illservice.policies.terms import OverdueStep, Side, default_terms

_LIMITS = (("adult", "Adults", 25), ("student", "Students", 12), ("visitor", "Visitors", 2))
_LADDER = (OverdueStep(1), OverdueStep(14), OverdueStep(30, block=True))


def make_policies(house: House, at: datetime) -> None:
    """Every policy of the demo, in force before its first story."""
    for category, name, limit in _LIMITS:
        _make(house, at, name, Selector(Side.BORROWING, category=category), overdue=_LADDER, open_limit=limit)
    teachers = Selector(Side.BORROWING, category="teacher", kind="loan")
    _make(house, at, "Loans for teachers", teachers, renewals=3, due_soon_days=(7, 2), overdue=_LADDER)
    _make(house, at, "What we lend", Selector(Side.LENDING), overdue=_LADDER)
    merrow = Selector(Side.LENDING, partner_id=house.partners["merrow"].pk)
    _make(house, at, "Merrow State University", merrow, loan_days=56, renewals=2, overdue=_LADDER)


def _make(house: House, at: datetime, name: str, selector: Selector, **terms: Any) -> None:
    make_policy(
        library_id=house.library.pk,
        selector=selector,
        wording=Wording(
            name, (at - timedelta(days=1000)).date(), replace(default_terms(selector.side), **terms)
        ),
        actor=house.staff(Role.ADMINISTRATOR),
        at=at - timedelta(days=1000),
    )

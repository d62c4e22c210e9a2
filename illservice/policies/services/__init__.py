"""Policies are made and changed; and whom a change would hit is shown before."""

from illservice.policies.services.writing import (
    MAY_SET_POLICIES,
    Selector,
    Wording,
    change_policy,
    make_policy,
    stop_policy,
    take_back,
)

__all__ = [
    "MAY_SET_POLICIES",
    "Selector",
    "Wording",
    "change_policy",
    "make_policy",
    "stop_policy",
    "take_back",
]

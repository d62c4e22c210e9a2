"""Addresses of the accounts that the lending desk gives to people of other libraries."""

from django.urls import URLPattern, URLResolver, path

from lending.views import accounts

ACCOUNTS: list[URLPattern | URLResolver] = [
    path("lend/<slug:slug>/accounts/", accounts.accounts, name="accounts"),
    path("lend/<slug:slug>/accounts/again/", accounts.write_again, name="accounts_again"),
    path("lend/<slug:slug>/accounts/remove/", accounts.take, name="accounts_remove"),
]

"""The lending desk's addresses, all below /lend/<short name of the library>/."""

from django.urls import URLPattern, URLResolver

from lending.urls.accounts import ACCOUNTS
from lending.urls.lists import LISTS

app_name = "lending"

urlpatterns: list[URLPattern | URLResolver] = [*LISTS, *ACCOUNTS]

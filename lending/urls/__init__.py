"""The lending desk's addresses, all below /lend/<short name of the library>/."""

from django.urls import URLPattern, URLResolver

from lending.urls.accounts import ACCOUNTS
from lending.urls.lists import LISTS
from lending.urls.pages import PAGES
from lending.urls.paper import PAPER

app_name = "lending"

urlpatterns: list[URLPattern | URLResolver] = [*LISTS, *PAGES, *PAPER, *ACCOUNTS]

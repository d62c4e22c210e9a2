"""Addresses of documents."""

from django.urls import path

from illservice.documents.views import opening

app_name = "documents"

urlpatterns = [
    path("documents/<str:key>/", opening.patron, name="patron"),
    path("d/<str:token>/", opening.borrower, name="borrower"),
    path("desk/<slug:slug>/documents/<str:key>/", opening.staff, name="staff"),
]

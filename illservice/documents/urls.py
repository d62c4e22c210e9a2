"""Addresses of documents."""

from django.urls import path

from illservice.documents import views

app_name = "documents"

urlpatterns = [
    path("documents/<str:key>/", views.patron, name="patron"),
    path("d/<str:token>/", views.borrower, name="borrower"),
    path("desk/<slug:slug>/documents/<str:key>/", views.staff, name="staff"),
]

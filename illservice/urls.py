"""Every address of the service."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from illservice.core.views import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("", include("illservice.accounts.urls")),
    path("", include("illservice.directory.urls")),
    path("", include("illservice.notices.urls")),
    path("", include("illservice.exchange.urls")),
    path("", include("illservice.documents.urls")),
    path("", include("illservice.policies.urls")),
    path("", include("requests_app.urls.patron")),
    path("", include("requests_app.urls.staff")),
    path("", include("requests_app.urls.answers")),
    path("", include("lending.urls")),
    path("", include("lending.urls.borrower")),
    path("api/", include("illservice.api.urls")),
    path("admin/", admin.site.urls),
]

handler400 = "illservice.core.refusals.unreadable"
handler500 = "illservice.core.refusals.server_error"

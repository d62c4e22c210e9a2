"""Addresses of sign-in and accounts."""

from django.contrib.auth import views as django_views
from django.urls import path, reverse_lazy

from illservice.accounts import views
from illservice.accounts.forms import ResetForm
from illservice.accounts.tokens import INVITATION_TOKENS

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", views.SignIn.as_view(), name="login"),
    path(
        "logout/",
        django_views.LogoutView.as_view(template_name="accounts/signed_out.html"),
        name="logout",
    ),
    path("account/", views.account, name="account"),
    path(
        "account/password/",
        django_views.PasswordChangeView.as_view(
            template_name="accounts/password_change.html", success_url=reverse_lazy("password_change_done")
        ),
        name="password_change",
    ),
    path(
        "account/password/done/",
        django_views.PasswordChangeDoneView.as_view(template_name="accounts/password_change_done.html"),
        name="password_change_done",
    ),
    path(
        "account/reset/",
        django_views.PasswordResetView.as_view(
            template_name="accounts/password_reset.html",
            form_class=ResetForm,
            success_url=reverse_lazy("password_reset_done"),
        ),
        name="password_reset",
    ),
    path(
        "account/reset/sent/",
        django_views.PasswordResetDoneView.as_view(template_name="accounts/password_reset_done.html"),
        name="password_reset_done",
    ),
    path(
        "account/reset/<uidb64>/<token>/",
        django_views.PasswordResetConfirmView.as_view(
            template_name="accounts/password_reset_confirm.html",
            success_url=reverse_lazy("password_reset_complete"),
        ),
        name="password_reset_confirm",
    ),
    path(
        "account/invitation/<uidb64>/<token>/",
        django_views.PasswordResetConfirmView.as_view(
            template_name="accounts/invitation.html",
            token_generator=INVITATION_TOKENS,
            success_url=reverse_lazy("password_reset_complete"),
        ),
        name="invitation",
    ),
    path(
        "account/reset/done/",
        django_views.PasswordResetCompleteView.as_view(template_name="accounts/password_reset_complete.html"),
        name="password_reset_complete",
    ),
]

"""The address at which lenders answer by the link in a mail. It stands in mails, so it belongs to no desk."""

from django.urls import path

from requests_app.views.lender_answer import lender_answer

urlpatterns = [path("answer/<str:token>/", lender_answer, name="lender_answer")]

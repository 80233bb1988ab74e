"""Addresses for signing in and out, one's password and one's authenticator app. Sign-up by oneself and mail are left out."""

from __future__ import annotations

from allauth.account import views
from django.urls import include, path

from csbot.accounts.signin import Invitation

urlpatterns = [
    path("invitation/<uidb64>/<token>/", Invitation.as_view(), name="invitation"),
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),  # allauth links to it; it says that it is closed
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
]

"""Signing in: allauth's pages, each with who may come, under Swedish addresses."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.usersessions import views as sessions
from django.urls import path
from django.views.decorators.http import require_http_methods

from cases.routes import View, needs
from kronoberg.views import security

own = needs.signing_in


def opening(view: View) -> View:
    """Reached while the session is locked: proving again who one is opens it."""
    return needs.opens_lock(needs.signing_in(view))


asked = require_http_methods(["GET", "HEAD", "POST"])
login = needs.nobody(account.login)

urlpatterns = [
    path("logga-in/", login, name="login"),
    path("logga-in/", login, name="account_login"),
    path("logga-in/kod/", needs.nobody(mfa.authenticate), name="mfa_authenticate"),
    path("logga-in/passnyckel/", needs.nobody(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("logga-in/sparrad/", needs.nobody(account.account_inactive), name="account_inactive"),
    path("logga-ut/", security.logout, name="logout"),
    path("logga-ut/", security.logout, name="account_logout"),
    # An organisation's own identity provider
    path(
        "logga-in/sso/<slug:provider_id>/",
        needs.nobody(asked(oidc.login)),
        name="openid_connect_login",
    ),
    path(
        "logga-in/sso/<slug:provider_id>/svar/",
        needs.nobody(asked(oidc.callback)),
        name="openid_connect_callback",
    ),
    path(
        "logga-in/sso-avbruten/",
        needs.nobody(social.login_cancelled),
        name="socialaccount_login_cancelled",
    ),
    path("logga-in/sso-fel/", needs.nobody(social.login_error), name="socialaccount_login_error"),
    path("konto/nytt/", security.closed, name="account_signup"),
    path("konto/nytt-sso/", security.closed, name="socialaccount_signup"),
    path("konto/kopplingar/", security.closed, name="socialaccount_connections"),
    # The own sign-in
    path("sakerhet/", security.security, name="security"),
    path("logga-in/ny/", security.finish, name="recovery-finish"),
    path("sakerhet/aterstall/<uuid:pk>/", security.approve, name="recovery-approve"),
    path("sakerhet/losenord/", own(account.password_change), name="account_change_password"),
    path("sakerhet/bekrafta/", opening(account.reauthenticate), name="account_reauthenticate"),
    path("sakerhet/bekrafta/kod/", opening(mfa.reauthenticate), name="mfa_reauthenticate"),
    path(
        "sakerhet/bekrafta/passnyckel/",
        opening(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("sakerhet/faktorer/", own(mfa.index), name="mfa_index"),
    path("sakerhet/kodapp/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("sakerhet/kodapp/bort/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("sakerhet/passnycklar/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("sakerhet/passnycklar/ny/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "sakerhet/passnycklar/<int:pk>/bort/",
        own(webauthn.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("sakerhet/passnycklar/<int:pk>/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("sakerhet/reservkoder/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "sakerhet/reservkoder/nya/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "sakerhet/reservkoder/hamta/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("sakerhet/enheter/", own(sessions.list_usersessions), name="usersessions_list"),
]

"""Addresses below /ar/account/: our own pages (in the portal's namespace) and those of allauth that remain.

Allauth's list is written out, so that nothing of it is reachable by accident; its sign-up and its list of addresses
lead to ours.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import URLPattern, path, re_path

from tawasul.portal.allauth_answers import honest
from tawasul.portal.views import account as own
from tawasul.portal.views import account_requests as requests

# Included in the namespace "portal".
own_pages: list[URLPattern] = [
    path("", own.page, name="account"),
    path("request/", requests.page, name="account_request"),
    path("request/strength/", requests.strength, name="password_strength"),
    path("activate/<str:key>/", requests.activate, name="activate"),
    path("activate/<str:key>/mails/", requests.mails, name="activation_mails"),
    path("activate/<str:key>/<str:token>/", requests.activation_link, name="activation_link"),
    path("profile/", own.profile, name="account_profile"),
    path("record/", own.record, name="account_record"),
    path("claims/", own.claims, name="account_claims"),
    path("sessions/end/", own.sign_out_everywhere, name="account_sign_out_everywhere"),
    path("email/change/removal/", own.email_change_removal, name="email_change_removal"),
    path("email/change/<str:token>/", own.email_change, name="email_change"),
]

# Included without a namespace: allauth finds its pages by these names.
urlpatterns: list[URLPattern] = [
    path("login/", honest(account.login), name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", requests.signup, name="account_signup"),
    path("email/", own.email, name="account_email"),
    path("reauthenticate/", honest(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", honest(account.password_change), name="account_change_password"),
    path("password/set/", honest(account.password_set), name="account_set_password"),
    path("password/reset/", honest(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        honest(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("two-steps/", honest(mfa.index), name="mfa_index"),
    path("two-steps/authenticate/", honest(mfa.authenticate), name="mfa_authenticate"),
    path("two-steps/reauthenticate/", honest(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("two-steps/app/", honest(totp.activate_totp), name="mfa_activate_totp"),
    path("two-steps/app/removal/", honest(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path(
        "two-steps/recovery-codes/",
        honest(recovery_codes.view_recovery_codes),
        name="mfa_view_recovery_codes",
    ),
    path(
        "two-steps/recovery-codes/new/",
        honest(recovery_codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "two-steps/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("two-steps/passkeys/", honest(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("two-steps/passkeys/new/", honest(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "two-steps/passkeys/reauthenticate/",
        honest(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("two-steps/passkeys/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("two-steps/passkeys/<int:pk>/", honest(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path(
        "two-steps/passkeys/<int:pk>/removal/", honest(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("sessions/", honest(sessions.list_usersessions), name="usersessions_list"),
]

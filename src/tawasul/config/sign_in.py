"""Settings of accounts, passwords and two-step sign-in; ``settings`` takes them over as they stand."""

AUTH_USER_MODEL = "accounts.Person"
SESSION_ENGINE = "tawasul.accounts.sessions"
AUTHENTICATION_BACKENDS = ["tawasul.accounts.backend.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "tawasul.accounts.passwords.StrengthValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:tickets"
ACCOUNT_ADAPTER = "tawasul.portal.allauth_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # an account is only made once its address is proved
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_RATE_LIMITS = {
    "login": "60/m/ip",
    "login_failed": "30/15m/ip,5/15m/key",
    "reset_password": "20/h/ip,4/h/key",
}
ACCOUNT_FORMS = {
    "login": "tawasul.portal.forms.sign_in.LoginForm",
    "reset_password": "tawasul.portal.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "tawasul.portal.forms.sign_in.ResetPasswordKeyForm",
    "change_password": "tawasul.portal.forms.sign_in.ChangePasswordForm",
    "set_password": "tawasul.portal.forms.sign_in.SetPasswordForm",
    "reauthenticate": "tawasul.portal.forms.sign_in.ReauthenticateForm",
}
USERSESSIONS_TRACK_ACTIVITY = False  # it writes at every request; accounts.middleware does it now and then
ALLAUTH_TRUSTED_PROXY_COUNT = 0  # the server has put into REMOTE_ADDR what a trusted proxy said
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_FORMS = {
    "authenticate": "tawasul.portal.forms.sign_in.AuthenticateForm",
    "reauthenticate": "tawasul.portal.forms.sign_in.ReauthenticateByCodeForm",
    "activate_totp": "tawasul.portal.forms.sign_in.ActivateTOTPForm",
    "add_webauthn": "tawasul.portal.forms.sign_in.AddWebAuthnForm",
    "login_webauthn": "tawasul.portal.forms.sign_in.LoginWebAuthnForm",
    "reauthenticate_webauthn": "tawasul.portal.forms.sign_in.ReauthenticateWebAuthnForm",
    "edit_webauthn": "tawasul.portal.forms.sign_in.EditWebAuthnForm",
}
MFA_ADAPTER = "tawasul.portal.allauth_adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Tawasul"

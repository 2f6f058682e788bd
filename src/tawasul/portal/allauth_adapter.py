"""How django-allauth meets this product: its mails go through our ledger, its pages wear our look."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Account pages and mails."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Two-step sign-in."""

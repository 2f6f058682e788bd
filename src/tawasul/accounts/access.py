"""Who may pass, as far as the account itself decides it."""

from allauth.mfa.models import Authenticator
from django.conf import settings

from tawasul.accounts.models import Person

SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


def has_second_step(person: Person) -> bool:
    """Whether the account has an authenticator app or a passkey: one query, asked of staff only where it matters."""
    return bool(Authenticator.objects.filter(user_id=person.pk, type__in=SECOND_STEPS).exists())


def two_steps_missing(person: Person) -> bool:
    """Whether this is a member of staff who must set up the second step of sign-in before working at the desk."""
    return bool(settings.STAFF_NEED_TWO_STEPS and person.is_staff and not has_second_step(person))


def may_drop_second_step(person: Person) -> bool:
    """Whether the account may be left without a second step: staff may not where the installation requires it."""
    return not (settings.STAFF_NEED_TWO_STEPS and person.is_staff)

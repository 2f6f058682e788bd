"""Account requests: asked for on a form, activated by a mailed link or code, gone after some days."""

import secrets
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tawasul.accounts.models import AccountRequest, Consent, OutgoingSms, Person, TermsVersion
from tawasul.accounts.post import Post, Recognise, nothing_more
from tawasul.core import clock
from tawasul.core.links import absolute
from tawasul.core.tokens import keyed_hash, new_code, new_token, same, token_hash

MOST_TRIES = 5  # wrong codes or passwords for one mail
MOST_MAILS = 6  # a request
PAUSE = timedelta(seconds=60)  # between two mails of a request


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form asked, cleaned: the address as ``queries.stored_form`` gives it, the mobile in E.164."""

    username: str
    email: str
    full_name: str
    position: str
    organisation: str
    country: str
    city: str
    address_line: str
    mobile: str
    language: str


class Problem(StrEnum):
    """Why a request was not activated, or no mail sent."""

    GONE = "gone"  # unknown, or expired and removed
    USED = "used"
    REPLACED = "replaced"  # an older mail's link
    WRONG_CODE = "wrong_code"
    WRONG_MOBILE_CODE = "wrong_mobile_code"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a name
    TRIES = "tries"  # too many wrong codes or passwords: a new mail is needed
    USERNAME_TAKEN = "username_taken"
    ACCOUNT_EXISTS = "account_exists"
    TOO_SOON = "too_soon"
    MAILS = "mails"  # no more mails for this request


class NotActivated(Exception):
    """Carries the ``Problem``."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@transaction.atomic
def request_account(answers: Answers, *, password: str, terms: TermsVersion, post: Post) -> AccountRequest:
    """Write the request and its mail. The same happens, and takes as long, when the address has an account already:
    then the mail says so, and the request carries nothing that could activate it.
    """
    hashed = make_password(password)
    now = clock.now()
    request = AccountRequest.objects.create(
        **asdict(answers),
        password=hashed,
        terms=terms,
        terms_accepted_at=now,
        key=secrets.token_urlsafe(32),
        created_at=now,
        expires_at=now + timedelta(days=settings.ACCOUNT_REQUEST_DAYS),
    )
    _send(request, post=post)
    return request


def send_again(key: str, *, post: Post) -> None:
    """Mail a new link and code. Raises NotActivated: GONE, USED, TOO_SOON or MAILS."""
    now = clock.now()
    with transaction.atomic():
        request = AccountRequest.objects.select_for_update().filter(key=key, expires_at__gt=now).first()
        if request is None:
            raise NotActivated(Problem.GONE)
        if request.activated_at is not None:
            raise NotActivated(Problem.USED)
        if request.mails_sent >= MOST_MAILS:
            raise NotActivated(Problem.MAILS)
        if request.last_mail_at is not None and now < request.last_mail_at + PAUSE:
            raise NotActivated(Problem.TOO_SOON)
        _send(request, post=post)


def _send(request: AccountRequest, *, post: Post) -> None:
    """A fresh link and code by mail, and a code to the mobile where there is a gateway."""
    token, hashed_token = new_token()
    code = new_code()
    taken = Person.objects.filter(email=request.email).exists()
    request.token_hash = "" if taken else hashed_token
    request.code_hash = "" if taken else _code_hash(request, code)
    request.code_tries = 0
    request.mails_sent += 1
    request.last_mail_at = clock.now()
    with translation.override(request.language):
        if settings.SMS_GATEWAY_URL:
            mobile_code = new_code()
            request.mobile_code_hash = _code_hash(request, mobile_code)
            OutgoingSms.objects.create(
                to=request.mobile,
                text=_("Tawasul: your activation code is %(code)s") % {"code": mobile_code},
                key=f"account-request:{request.pk}:{request.mails_sent}",
            )
        kind = "account_exists" if taken else "account_activate"
        context = _exists_context() if taken else _activate_context(request, token, code)
    request.save()
    post(
        kind,
        to=request.email,
        language=request.language,
        context=context,
        key=f"account-request:{request.pk}:{request.mails_sent}",
    )


def _exists_context() -> dict[str, Any]:
    return {
        "link": absolute(reverse("account_login")),
        "reset_link": absolute(reverse("account_reset_password")),
    }


def _activate_context(request: AccountRequest, token: str, code: str) -> dict[str, Any]:
    return {
        "link": absolute(reverse("portal:activation_link", args=[request.key, token])),
        "code": code,
        "days": settings.ACCOUNT_REQUEST_DAYS,
    }


def _code_hash(request: AccountRequest, code: str) -> str:
    return keyed_hash(code, salt=f"account-request:{request.key}")


def activate(
    key: str,
    *,
    asked_here: bool = False,
    token: str = "",
    code: str = "",
    mobile_code: str = "",
    password: str = "",
    username: str = "",
    recognise: Recognise = nothing_more,
) -> Person:
    """Make the requested account, proven by the link's ``token`` or the mailed ``code``; where a code went to the
    mobile too, ``mobile_code`` is needed besides. ``username`` replaces the wished one when that was taken.

    Unless it is ``asked_here``, in the browser that made the request, the request's ``password`` is needed too: whoever
    asks with somebody else's address must not get an account because its owner presses a button.

    Raises NotActivated. A wrong code or password counts before it is compared, so parallel guesses are counted as well.
    """
    request = AccountRequest.objects.filter(key=key, expires_at__gt=clock.now()).first()
    if request is None:
        raise NotActivated(Problem.GONE)
    if request.activated_at is not None:
        raise NotActivated(Problem.USED)
    if token and not _same(request.token_hash, token_hash(token)):
        raise NotActivated(Problem.REPLACED)
    if not token or request.mobile_code_hash or not asked_here:
        _check_secrets(
            request,
            code=None if token else code,
            mobile_code=mobile_code,
            password=None if asked_here else password,
        )
    with transaction.atomic():
        request = AccountRequest.objects.select_for_update().get(pk=request.pk)
        if request.activated_at is not None:
            raise NotActivated(Problem.USED)
        if Person.objects.filter(email=request.email).exists():
            raise NotActivated(Problem.ACCOUNT_EXISTS)
        person = _make_person(request, username or request.username)
        recognise(person)
        return person


def _check_secrets(
    request: AccountRequest, *, code: str | None, mobile_code: str, password: str | None
) -> None:
    """Each of them that is asked for; None where it is not. The password comes last: it is told to be wrong only to
    whoever has the mail, and costs its hash only then.
    """
    counted = AccountRequest.objects.filter(pk=request.pk, code_tries__lt=MOST_TRIES).update(
        code_tries=F("code_tries") + 1
    )
    if not counted:
        raise NotActivated(Problem.TRIES)
    if code is not None and not _same(request.code_hash, _code_hash(request, code)):
        raise NotActivated(Problem.WRONG_CODE)
    if request.mobile_code_hash and not _same(request.mobile_code_hash, _code_hash(request, mobile_code)):
        raise NotActivated(Problem.WRONG_MOBILE_CODE)
    if password is not None and not check_password(password, request.password):
        raise NotActivated(Problem.WRONG_PASSWORD)
    AccountRequest.objects.filter(pk=request.pk).update(code_tries=0)


def _same(kept: str, given: str) -> bool:
    return bool(kept) and same(kept, given)


def _make_person(request: AccountRequest, username: str) -> Person:
    person = Person(
        username=Person.normalize_username(username),
        email=request.email,
        password=request.password,
        full_name=request.full_name,
        position=request.position,
        organisation=request.organisation,
        country=request.country,
        city=request.city,
        address_line=request.address_line,
        mobile=request.mobile,
        language=request.language,
    )
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        taken = Person.objects.filter(username=person.username).exists()
        raise NotActivated(Problem.USERNAME_TAKEN if taken else Problem.ACCOUNT_EXISTS) from None
    Consent.objects.create(
        person=person, terms=request.terms, occasion=Consent.Occasion.ACCOUNT, at=request.terms_accepted_at
    )
    request.activated_at = clock.now()
    request.mobile_confirmed = bool(request.mobile_code_hash)
    request.person = person
    request.password = request.token_hash = request.code_hash = request.mobile_code_hash = ""
    request.save()
    return person


def expire_requests(most: int = 1000) -> int:
    """Remove up to ``most`` requests whose days are over, activated ones too; for the worker. Returns how many."""
    overdue = AccountRequest.objects.filter(Q(expires_at__lte=clock.now())).order_by("expires_at")
    return AccountRequest.objects.filter(pk__in=list(overdue.values_list("pk", flat=True)[:most])).delete()[0]

"""What happens to an account: one function a verb, one transaction."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.urls import reverse
from django.utils import translation

from tawasul.accounts.models import Change, EmailChange, KnownDevice, Person
from tawasul.accounts.post import Post, Recognise, nothing_more
from tawasul.accounts.requests import activate, expire_requests, request_account, send_again
from tawasul.core import clock
from tawasul.core.links import absolute
from tawasul.core.tokens import new_token, token_hash

__all__ = ["activate", "expire_requests", "request_account", "send_again"]

EMAIL_CHANGE_DAYS = 3
NOTHING_MORE = {"code": "", "at": None, "device": "", "network": ""}  # what a notice may leave out


@transaction.atomic
def change_password(person: Person, password: str, *, post: Post) -> None:
    """Set the password and tell the person by mail. Every session of the account ends with it: a session holds a
    hash of the password, which no longer matches."""
    person.set_password(password)
    person.save(update_fields=["password"])
    UserSession.objects.filter(user_id=person.pk).delete()
    with translation.override(person.language):
        link = absolute(reverse("account_reset_password"))
    post(
        "password_changed",
        to=person.email,
        name=person.full_name,
        language=person.language,
        context={"at": clock.now(), "device": "", "network": "", "link": link},
        key=f"password-changed:{person.pk}:{clock.now().timestamp()}",
        person=person,
    )


@transaction.atomic
def end_sessions(person: Person) -> int:
    """Sign the person out everywhere. Returns how many sessions ended."""
    rows = list(UserSession.objects.filter(user_id=person.pk))
    keys = [row.session_key for row in rows]
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


@transaction.atomic
def disable(person: Person) -> None:
    """Close the account's door: open sessions end with their next request, new ones do not begin."""
    Person.objects.filter(pk=person.pk).update(is_active=False)
    UserSession.objects.filter(user_id=person.pk).delete()
    person.is_active = False


@transaction.atomic
def change_profile(person: Person, **particulars: str) -> Person:
    """Save the person's own particulars; an unknown name among them raises FieldDoesNotExist."""
    for name, value in particulars.items():
        Person._meta.get_field(name)
        setattr(person, name, value)
    person.save(update_fields=list(particulars))
    return person


@transaction.atomic
def ask_email_change(person: Person, new_email: str, *, post: Post) -> EmailChange:
    """Mail a link to the present address and one to the new address; the change happens when both have agreed.

    Where the new address belongs to another account, that account's owner is told so instead of getting a link, and
    the answer to the asker is the same.
    """
    old_token, old_hash = new_token()
    other_token, new_hash = new_token()
    now = clock.now()
    EmailChange.objects.filter(person=person).delete()
    change = EmailChange.objects.create(
        person=person,
        new_email=new_email,
        old_hash=old_hash,
        new_hash=new_hash,
        created_at=now,
        expires_at=now + timedelta(days=EMAIL_CHANGE_DAYS),
    )
    taken = Person.objects.filter(email=new_email).exists()
    key = f"email-change:{change.pk}"
    with translation.override(person.language):
        links = [absolute(reverse("portal:email_change", args=[token])) for token in (old_token, other_token)]
        login, reset = absolute(reverse("account_login")), absolute(reverse("account_reset_password"))
    asked: dict[str, Any] = {"code": "", "new_email": new_email, "days": EMAIL_CHANGE_DAYS}
    post(
        "email_change_confirm",
        to=person.email,
        language=person.language,
        context={**asked, "end": "old", "link": links[0]},
        key=f"{key}:old",
        person=person,
    )
    context: dict[str, Any] = {"link": login, "reset_link": reset}
    if not taken:
        context = {**asked, "end": "new", "link": links[1]}
    kind = "account_exists" if taken else "email_change_confirm"
    post(kind, to=new_email, language=person.language, context=context, key=f"{key}:new")
    return change


def email_change_by(token: str) -> EmailChange | None:
    """The change that this mailed token agrees to, unless it is over."""
    hashed = token_hash(token)
    waiting = EmailChange.objects.select_related("person").filter(expires_at__gt=clock.now())
    return waiting.filter(old_hash=hashed).first() or waiting.filter(new_hash=hashed).first()


def agree_email_change(token: str, *, post: Post, recognise: Recognise = nothing_more) -> bool | None:
    """Record that one end agreed. True when the address has changed with it, False while the other end is awaited,
    None where the token is over or the address was taken meanwhile."""
    try:
        with transaction.atomic():
            return _agree(token, post=post, recognise=recognise)
    except IntegrityError:  # somebody else took the address in the same moment
        return None


def _agree(token: str, *, post: Post, recognise: Recognise) -> bool | None:
    found = email_change_by(token)
    if found is None:
        return None
    change = EmailChange.objects.select_for_update().filter(pk=found.pk).first()
    if change is None:
        return None
    if change.old_hash == token_hash(token):
        change.old_agreed_at = change.old_agreed_at or clock.now()
    else:
        change.new_agreed_at = change.new_agreed_at or clock.now()
    change.save()
    if change.old_agreed_at is None or change.new_agreed_at is None:
        return False
    person = Person.objects.select_for_update().get(pk=change.person_id)
    old_email, person.email = person.email, change.new_email
    person.save(update_fields=["email"])
    change.delete()
    recognise(person)
    with translation.override(person.language):
        link = absolute(reverse("account_reset_password"))
    for end, address in (("old", old_email), ("new", person.email)):
        post(
            "email_changed",
            to=address,
            name=person.full_name,
            language=person.language,
            context={**NOTHING_MORE, "new_email": person.email, "at": clock.now(), "link": link},
            key=f"email-changed:{found.pk}:{end}",
            person=person,
        )
    return True


def drop_email_change(person: Person) -> None:
    """Forget a change of address that has not happened yet; its links are over."""
    EmailChange.objects.filter(person=person).delete()


@transaction.atomic
def recognise_device(person: Person, token: str, *, label: str, network: str, post: Post) -> None:
    """Note the browser (its long-lived cookie's ``token``) that the person signed in from. A browser that the account
    does not know is announced by mail, except the account's very first one."""
    now = clock.now()
    device, new = KnownDevice.objects.get_or_create(
        person=person, token_hash=token_hash(token), defaults={"label": label[:200]}
    )
    if not new:
        KnownDevice.objects.filter(pk=device.pk).update(last_seen=now, label=label[:200])
        return
    if not KnownDevice.objects.filter(person=person).exclude(pk=device.pk).exists():
        return
    with translation.override(person.language):
        link = absolute(reverse("usersessions_list"))
    post(
        "new_device",
        to=person.email,
        name=person.full_name,
        language=person.language,
        context={"device": label, "network": network, "at": now, "link": link},
        key=f"new-device:{device.pk}",
        person=person,
    )


def record_change(
    noun: str, obj: models.Model, before: Mapping[str, Any], after: Mapping[str, Any], by: Person
) -> Change | None:
    """Keep in the history of settings that ``by`` changed ``obj``, within the caller's transaction.

    ``before`` and ``after`` hold what a reader would recognise, by field: texts, numbers, yes or no, names, lists of
    names; fit for JSON. An empty ``before`` means that the object was added, an empty ``after`` that it was removed.
    Only what differs is kept; None where nothing does.
    """
    differing = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not differing:
        return None
    return Change.objects.create(
        noun=noun,
        object_id=str(obj.pk),
        object_name=str(obj)[:200],
        verb="added" if not before else "changed" if after else "removed",
        before={name: before[name] for name in differing if name in before},
        after={name: after[name] for name in differing if name in after},
        by=by,
        by_name=by.full_name or by.username,
    )

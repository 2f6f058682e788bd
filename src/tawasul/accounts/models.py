"""People, teams, account requests, and what each person agreed to."""

import unicodedata
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.core import clock
from tawasul.core.leases import LeasedRow, LeasedRowQuerySet


class Language(models.TextChoices):
    """The portal's languages. Arabic is the default everywhere."""

    AR = "ar", "العربية"
    EN = "en", "English"


def address_key(address: str) -> str:
    """The form in which an account's address is stored and looked up: NFC, lower case, domain in U-labels."""
    return unicodedata.normalize("NFC", address.strip()).lower()


class Role(models.TextChoices):
    """What a member of staff is at the desk; what each may do stands in ``accounts.roles``."""

    AGENT = "agent", _("agent")
    LEAD = "lead", _("team lead")
    ADMINISTRATOR = "administrator", _("administrator")
    AUDITOR = "auditor", _("auditor, reads only")


class PersonManager(BaseUserManager["Person"]):
    """Creates people. User names and addresses are stored in the one form that sign-in looks for."""

    def create_user(self, username: str, email: str, password: str | None = None, **fields: Any) -> "Person":
        person = self.model(username=Person.normalize_username(username), email=address_key(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(
        self, username: str, email: str, password: str | None = None, **fields: Any
    ) -> "Person":
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Someone with an account: a registrant, or one of the centre's staff (``is_staff``)."""

    username = models.CharField(_("user name"), max_length=64, unique=True)
    email = models.CharField(_("e-mail"), max_length=320, unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    position = models.CharField(_("position"), max_length=150, blank=True)
    organisation = models.CharField(_("organisation"), max_length=200, blank=True)
    country = models.CharField(_("country"), max_length=2, default="SA")
    city = models.CharField(_("city"), max_length=100, blank=True)
    address_line = models.CharField(_("national address"), max_length=200, blank=True)
    mobile = models.CharField(_("mobile"), max_length=20, blank=True)  # E.164
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.AR)
    time_zone = models.CharField(_("time zone"), max_length=64, default="Asia/Riyadh")
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff of the centre"), default=False)
    role = models.CharField(_("role at the desk"), max_length=15, choices=Role, default=Role.AGENT)
    desk_choices = models.JSONField(default=dict, editable=False)  # density, columns, shortcuts, notices
    capacity = models.PositiveIntegerField(
        _("open tickets at most"),
        null=True,
        blank=True,
        default=None,
        help_text=_("Beyond it no ticket is given automatically. Empty: without a limit."),
    )
    away_since = models.DateTimeField(
        null=True, default=None, editable=False
    )  # said so at the desk: nothing is given automatically until they are back
    date_joined = models.DateTimeField(_("joined"), default=clock.now)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email", "full_name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        return self.full_name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """NFKC and lower case: Fahd and fahd are one person."""
        return unicodedata.normalize("NFKC", username.strip()).lower()

    def clean(self) -> None:
        super().clean()
        self.email = address_key(self.email)


class Team(models.Model):
    """A group of staff that looks after some services. A closed team's tickets are seen by its members only."""

    class Sharing(models.TextChoices):
        """How new tickets come to the members."""

        NONE = "none", _("members take them")
        ROUND_ROBIN = "round_robin", _("in turn")
        LEAST_LOADED = "least_loaded", _("to whoever has the fewest open tickets")

    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    members = models.ManyToManyField(
        Person,
        related_name="teams",
        blank=True,
        verbose_name=_("members"),
        limit_choices_to={"is_staff": True},
    )
    is_closed = models.BooleanField(_("only members see its tickets"), default=False)
    is_active = models.BooleanField(_("tickets are given to it"), default=True)
    sharing = models.CharField(
        _("how tickets come to its members"), max_length=15, choices=Sharing, default=Sharing.NONE
    )
    only_present = models.BooleanField(_("only to members who are at the desk"), default=True)
    last_given = models.ForeignKey(
        Person, null=True, default=None, editable=False, on_delete=models.SET_NULL, related_name="+"
    )  # who had the last turn

    class Meta:
        verbose_name = _("team")
        verbose_name_plural = _("teams")

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)


class Absence(models.Model):
    """A time in which a member of staff is out of the office; a substitute answers what customers write meanwhile."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    substitute = models.ForeignKey(
        Person,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("substitute"),
    )
    hands_over = models.BooleanField(_("the substitute gets all open tickets at the start"), default=False)
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    handed_over_at = models.DateTimeField(null=True, default=None, editable=False)
    given = models.JSONField(default=list, editable=False)  # what went to whom: keys of ticket and person
    read_at = models.DateTimeField(null=True, default=None, editable=False)  # its person knows of it
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="absence_ends_after_start"
            )
        ]
        indexes = [models.Index(fields=["person", "ends_at"], name="absence_of_person")]

    def __str__(self) -> str:
        return f"{self.person} {localtime(self.starts_at):%Y-%m-%d}"


class RolePermissions(models.Model):
    """What a role may do, where it differs from ``accounts.roles.DEFAULTS``."""

    role = models.CharField(max_length=15, choices=Role, unique=True)
    allowed = models.JSONField(default=list)  # names of ``accounts.roles.Permission``

    def __str__(self) -> str:
        return self.role


class Change(models.Model):
    """One change of the centre's settings at the desk: who changed what, from what, to what."""

    noun = models.CharField(max_length=40)  # service, team, tag, canned-reply …
    object_id = models.CharField(max_length=40)
    object_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=10)  # added, changed, removed
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    by_name = models.CharField(max_length=150)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["noun", "object_id", "-id"], name="change_of_object")]

    def __str__(self) -> str:
        return f"{self.verb} {self.noun} {self.object_name}"


class AccountRequest(models.Model):
    """A requested account that is not activated yet; it becomes a Person by the mailed link or code, or expires.

    Holds the form's answers as they will stand on the Person, the password already hashed, and only hashes of
    the link's token and of the codes. Where the address already has an account the row looks alike, but carries no
    hash, so nothing can activate it.
    """

    username = models.CharField(max_length=64, db_index=True)
    email = models.CharField(max_length=320, db_index=True)
    password = models.CharField(max_length=128)  # hashed
    full_name = models.CharField(max_length=150)
    position = models.CharField(max_length=150)
    organisation = models.CharField(max_length=200)
    country = models.CharField(max_length=2, default="SA")
    city = models.CharField(max_length=100)
    address_line = models.CharField(max_length=200)
    mobile = models.CharField(max_length=20)
    language = models.CharField(max_length=2, choices=Language, default=Language.AR)
    terms = models.ForeignKey("TermsVersion", on_delete=models.PROTECT, related_name="+")
    terms_accepted_at = models.DateTimeField(default=clock.now)
    key = models.CharField(max_length=43, unique=True)  # names the request in the browser that made it
    token_hash = models.CharField(max_length=64, blank=True)  # SHA-256 of the mailed link's token
    code_hash = models.CharField(max_length=64, blank=True)  # keyed hash of the six digits in the mail
    code_tries = models.PositiveIntegerField(default=0)
    mobile_code_hash = models.CharField(max_length=64, blank=True)
    mobile_confirmed = models.BooleanField(default=False)
    mails_sent = models.PositiveIntegerField(default=0)
    last_mail_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="accountrequest_expires")]

    def __str__(self) -> str:
        return self.username


class TermsVersion(models.Model):
    """One published text of the registration regulations and portal terms. The newest published one is current."""

    version = models.CharField(_("version"), max_length=20, unique=True)
    text_ar = models.TextField(_("text in Arabic"))  # the safe Markdown subset
    text_en = models.TextField(_("text in English"))
    published_at = models.DateTimeField(_("published"), default=clock.now)

    class Meta:
        verbose_name = _("terms version")
        verbose_name_plural = _("terms versions")
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return self.version


class Consent(models.Model):
    """A person accepted a version of the terms, at a moment, on an occasion."""

    class Occasion(models.TextChoices):
        ACCOUNT = "account", _("account request")
        TICKET = "ticket", _("ticket")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="consents")
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(max_length=10, choices=Occasion)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="consent_of_person")]

    def __str__(self) -> str:
        return f"{self.terms} {self.at:%Y-%m-%d}"


class KnownDevice(models.Model):
    """A browser a person has signed in from; a sign-in from another one is announced by mail."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="devices")
    token_hash = models.CharField(max_length=64)  # SHA-256 of the browser's long-lived cookie
    label = models.CharField(max_length=200, blank=True)
    first_seen = models.DateTimeField(default=clock.now)
    last_seen = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "token_hash"], name="device_once_a_person")]

    def __str__(self) -> str:
        return self.label


class EmailChange(models.Model):
    """A wish to move an account to another address. It happens when both addresses have agreed, by mailed links."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="email_change")
    new_email = models.CharField(max_length=320)
    old_hash = models.CharField(
        max_length=64, unique=True
    )  # SHA-256 of the token mailed to the present address
    new_hash = models.CharField(max_length=64, unique=True)  # and of the one mailed to the new address
    old_agreed_at = models.DateTimeField(null=True, default=None)
    new_agreed_at = models.DateTimeField(null=True, default=None)
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.created_at:%Y-%m-%d}"


class OutgoingSms(LeasedRow):
    """One short message to one mobile; a row first, the gateway later, by the worker."""

    to = models.CharField(max_length=20)  # E.164
    text = models.CharField(max_length=300)
    key = models.CharField(max_length=120, unique=True)  # what it answers to; a repeat is refused
    created_at = models.DateTimeField(default=clock.now)

    objects = LeasedRowQuerySet["OutgoingSms"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["next_try_at"], condition=LeasedRow.waiting(), name="outgoingsms_waiting")
        ]

    def __str__(self) -> str:
        return self.key

"""Fields of the centre's own, what a ticket says in them, and what a service's form asks for."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tawasul.tickets.models.service import Service
from tawasul.tickets.models.ticket import Ticket


class Field(models.Model):
    """Something the centre asks or notes beside what every ticket has.

    ``shown_if`` and ``required_if`` are lists of conditions that must all hold; each is
    ``{"of": "purpose" | "channel" | "field:<key>", "any": [values]}``. An empty ``shown_if`` shows it always; it is
    required where ``is_required``, or where ``required_if`` is not empty and holds. ``limits`` narrows the kind:
    ``longest`` of a text, ``least``, ``most`` and ``decimals`` of a number, ``past`` or ``future`` of a date.
    """

    class Kind(models.TextChoices):
        TEXT = "text", _("text")
        CHOICE = "choice", _("choice from a list")
        TREE = "tree", _("choice from a tree")
        NUMBER = "number", _("number")
        DATE = "date", _("date")
        DOMAIN = "domain", _("domain name")
        PERSON = "person", _("person")

    key = models.SlugField(_("code"), max_length=40, unique=True)  # names it in addresses and forms
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    name_ar = models.CharField(_("name in Arabic"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    help_ar = models.CharField(_("help in Arabic"), max_length=300, blank=True, default="")
    help_en = models.CharField(_("help in English"), max_length=300, blank=True, default="")
    services = models.ManyToManyField(
        Service, blank=True, related_name="own_fields", verbose_name=_("services")
    )  # none: every service
    on_form = models.BooleanField(_("customers fill it in"), default=True)
    on_direct = models.BooleanField(_("it stands on the direct form, too"), default=True)
    is_shown = models.BooleanField(_("customers see it on their ticket"), default=True)
    is_required = models.BooleanField(_("must be filled in"), default=False)
    shown_if = models.JSONField(default=list, blank=True)
    required_if = models.JSONField(default=list, blank=True)
    limits = models.JSONField(default=dict, blank=True)
    position = models.PositiveIntegerField(_("order in forms"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)

    @property
    def help(self) -> str:
        """What is said below it, in the reader's language."""
        return self.help_en if get_language() == "en" else self.help_ar


class FieldChoice(models.Model):
    """One thing to choose in a list, or a branch or leaf of a tree."""

    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="choices")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="below")
    name_ar = models.CharField(max_length=100)
    name_en = models.CharField(max_length=100)
    position = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(default=True)  # old tickets keep what is offered no more

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name_en if get_language() == "en" else self.name_ar

    name = property(__str__)


class FieldValue(models.Model):
    """What a ticket says in one field. ``text`` is as it was given; ``search_key`` is what it is found by:
    the normalised text, a name's A-labels, the key of a choice or a person. A number and a day are kept as such, too.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="field_values")
    field = models.ForeignKey(Field, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=1000, blank=True, default="")
    search_key = models.CharField(max_length=300, blank=True, default="")
    number = models.DecimalField(max_digits=24, decimal_places=6, null=True, default=None)
    day = models.DateField(null=True, default=None)
    choice = models.ForeignKey(FieldChoice, null=True, default=None, on_delete=models.PROTECT)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, default=None, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="fieldvalue_once")]
        indexes = [
            models.Index(fields=["field", "search_key", "ticket"], name="fieldvalue_found"),
            models.Index(
                fields=["field", "number", "ticket"],
                condition=models.Q(number__isnull=False),
                name="fieldvalue_number",
            ),
            models.Index(
                fields=["field", "day", "ticket"],
                condition=models.Q(day__isnull=False),
                name="fieldvalue_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field_id} {self.text[:40]}"


class Form(models.Model):
    """What the form of a service asks beside the centre's own fields; the row without a service is for all others."""

    class Asked(models.TextChoices):
        NO = "no", _("not asked")
        OPTIONAL = "optional", _("may be given")
        REQUIRED = "required", _("must be given")

    service = models.OneToOneField(
        Service, null=True, blank=True, on_delete=models.CASCADE, related_name="form"
    )
    intro_ar = models.TextField(_("words above it in Arabic"), blank=True, default="")  # the Markdown subset
    intro_en = models.TextField(_("words above it in English"), blank=True, default="")
    purposes = models.JSONField(default=list, blank=True)  # those on offer; none: all
    domain = models.CharField(
        _("domain name"), max_length=10, choices=Asked, blank=True, default=""
    )  # empty: as the service says that it is about a domain
    request_number = models.CharField(
        _("request number"), max_length=10, choices=Asked, default=Asked.OPTIONAL
    )
    wanted = models.CharField(_("what help is needed"), max_length=10, choices=Asked, default=Asked.REQUIRED)
    files = models.CharField(_("files"), max_length=10, choices=Asked, default=Asked.OPTIONAL)

    def __str__(self) -> str:
        return str(self.service) if self.service_id is not None else "-"

    @property
    def intro(self) -> str:
        """The words above it, in the reader's language."""
        return self.intro_en if get_language() == "en" else self.intro_ar

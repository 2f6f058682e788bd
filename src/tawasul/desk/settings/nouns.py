"""What can be set at the desk, each noun one entry: its model, its form, what a list says of it, and its preview."""

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from itertools import chain, count
from typing import Any, Final

from django.db import models
from django.utils.functional import Promise
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tawasul.accounts.models import Team
from tawasul.desk.settings.field_forms import FieldForm
from tawasul.desk.settings.forms import NounForm, ServiceForm, TagForm, TeamForm
from tawasul.tickets.actions import asking
from tawasul.tickets.models import Field, Service, Tag, Ticket

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of setting. ``fields`` are kept in history; ``says`` is the second line of a row in the list;
    ``is_used`` forbids deleting, so that it can only be switched off; ``begin`` gives a new one what its form does
    not ask."""

    name: str  # in addresses and in history
    model: type[models.Model]
    form: type[NounForm]
    many: Words
    one: Words
    add: Words
    fields: tuple[str, ...]
    icon: str
    rows: Callable[[], models.QuerySet[Any]]
    says: Callable[[Any], list[str]]
    is_used: Callable[[Any], bool]
    preview: str  # the template that shows how its readers will see it
    ordered: bool = False
    about: Words = ""
    begin: Callable[[Any, dict[str, Any]], None] = lambda _obj, _values: None


def _says_service(service: Service) -> list[str]:
    said = [str(service.team) if service.team else _("no team")]
    return [*said, _("about a domain name")] if service.about_domain else said


def _begin_service(service: Service, values: dict[str, Any]) -> None:
    """A code that no other service has, and the last place."""
    begin = slugify(values["name_en"])[:40] or "service"
    taken = set(Service.objects.filter(code__startswith=begin).values_list("code", flat=True))
    service.code = _free(begin, taken)
    last = Service.objects.order_by("-position").values_list("position", flat=True).first()
    service.position = (last or 0) + 1


def _says_team(team: Any) -> list[str]:
    members, services = len(team.members.all()), len(team.service_set.all())
    said = [
        ngettext("%(count)d member", "%(count)d members", members) % {"count": members},
        ngettext("%(count)d service", "%(count)d services", services) % {"count": services},
    ]
    return [*said, _("only members see its tickets")] if team.is_closed else said


def _says_tag(tag: Tag) -> list[str]:
    number = len(tag.taggings.all()[:100])
    if number >= 100:
        return [_("on 99+ tickets")]
    return [ngettext("on %(count)d ticket", "on %(count)d tickets", number) % {"count": number}]


def _says_field(field: Field) -> list[str]:
    services = list(field.services.all())
    said = [
        str(field.get_kind_display()),
        _(", ").join(map(str, services)) if services else _("every service"),
        _("customers fill it in") if field.on_form else _("only staff fill it in"),
    ]
    return [*said, _("must be filled in")] if field.is_required else said


def new_key(name: str) -> str:
    """A code that no other field has. It knows no underscore, which parts it from what an address says beside it."""
    begin = slugify(name).replace("_", "-").strip("-")[:30] or "field"
    taken = set(Field.objects.filter(key__startswith=begin).values_list("key", flat=True))
    return _free(begin, taken)


def _free(begin: str, taken: Container[str]) -> str:
    """The first of ``begin``, ``begin-2``, ``begin-3`` … that is not taken."""
    return next(code for code in chain([begin], (f"{begin}-{n}" for n in count(2))) if code not in taken)


_ALL = (
    Noun(
        name="services",
        model=Service,
        form=ServiceForm,
        many=gettext_lazy("Services"),
        one=gettext_lazy("Service"),
        add=gettext_lazy("Add a service"),
        about=gettext_lazy("What customers choose from when they open a ticket, in this order."),
        fields=("name_ar", "name_en", "team", "about_domain", "is_active"),
        icon="list",
        rows=lambda: Service.objects.select_related("team").order_by("position", "pk"),
        says=_says_service,
        is_used=lambda service: Ticket.objects.filter(service=service).exists(),
        preview="desk/settings/_as_service.html",
        ordered=True,
        begin=_begin_service,
    ),
    Noun(
        name="teams",
        model=Team,
        form=TeamForm,
        many=gettext_lazy("Teams"),
        one=gettext_lazy("Team"),
        add=gettext_lazy("Add a team"),
        about=gettext_lazy(
            "Who looks after which services. A closed team's tickets are seen by its members only."
        ),
        fields=(
            *("name_ar", "name_en", "members", "service_set"),
            *("is_closed", "sharing", "only_present", "is_active"),
        ),
        icon="users",
        rows=lambda: Team.objects.prefetch_related("members", "service_set").order_by("pk"),
        says=_says_team,
        is_used=lambda team: Ticket.objects.filter(team=team).exists() or team.service_set.exists(),
        preview="desk/settings/_as_team.html",
    ),
    Noun(
        name="tags",
        model=Tag,
        form=TagForm,
        many=gettext_lazy("Tags"),
        one=gettext_lazy("Tag"),
        add=gettext_lazy("Add a tag"),
        about=gettext_lazy("The desk's own words for what a ticket is about. Customers never see them."),
        fields=("name_ar", "name_en", "is_active"),
        icon="tag",
        rows=lambda: Tag.objects.order_by("name_ar", "pk"),
        says=_says_tag,
        is_used=lambda tag: tag.taggings.exists(),
        preview="desk/settings/_as_tag.html",
    ),
    Noun(
        name="fields",
        model=Field,
        form=FieldForm,
        many=gettext_lazy("Fields"),
        one=gettext_lazy("Field"),
        add=gettext_lazy("Add a field"),
        about=gettext_lazy("What the centre asks or notes beside what every ticket has, in this order."),
        fields=asking.PLAIN,
        icon="pencil",
        rows=lambda: Field.objects.prefetch_related("services").order_by("position", "pk"),
        says=_says_field,
        is_used=asking.is_used,
        preview="desk/settings/_as_form.html",
        ordered=True,
    ),
)
NOUNS: Final[Mapping[str, Noun]] = {noun.name: noun for noun in _ALL}

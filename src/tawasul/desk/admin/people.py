"""People: who is staff, who is disabled, and how they sign in. Names and addresses are their own to change."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import actions as account_actions
from tawasul.accounts.models import Person
from tawasul.desk import gate
from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Form, Table

SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class PersonForm(Form[Person]):
    """Guards against locking oneself out."""

    editor: Person

    class Meta:
        labels = {"position": pgettext_lazy("a person", "Position"), "is_superuser": _("administrator")}
        help_texts = {
            "is_active": _("Switched off, the person is signed out at once and cannot sign in."),
            "is_staff": _("Works at the desk and sees every ticket."),
            "is_superuser": _("Changes everything in this administration."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk == self.editor.pk:
            for switch in ("is_active", "is_staff", "is_superuser"):
                if not cleaned.get(switch, True):
                    self.add_error(switch, _("Another administrator must take this from you."))
        if cleaned.get("is_superuser") and not cleaned.get("is_staff"):
            self.add_error("is_staff", _("An administrator is staff of the centre."))
        return cleaned


class TwoSteps(admin.SimpleListFilter):
    """People by whether they sign in with two steps."""

    title = _("two-step sign-in")
    parameter_name = "two_steps"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Set up")), ("no", _("Not set up"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Person]) -> QuerySet[Person]:
        if self.value() not in {"yes", "no"}:
            return queryset
        steps = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_STEPS)
        return queryset.filter(Exists(steps) if self.value() == "yes" else ~Exists(steps))


@admin.register(Person, site=site)
class PersonAdmin(Table[Person]):
    """Accounts are requested, not added here; an administrator grants, disables and helps with a lost device."""

    form = PersonForm
    list_display = ["full_name", "username", "email", "is_staff", "role", "is_active", "two_steps"]
    list_filter = ["is_staff", "role", "is_superuser", "is_active", TwoSteps]
    search_fields = ["full_name", "username", "email", "organisation"]
    ordering = ["pk"]
    show_full_result_count = False
    actions = ["remove_two_steps", "end_sessions"]
    readonly_fields = [
        "username",
        "email",
        "mobile",
        "language",
        "time_zone",
        "addresses",
        "sign_in_steps",
        "sessions",
        "agreed_to",
        "date_joined",
        "last_login",
    ]
    fieldsets = [
        (None, {"fields": ["username", "email", "addresses"]}),
        (
            _("Person"),
            {"fields": ["full_name", "position", "organisation", "mobile", "language", "time_zone"]},
        ),
        (_("Access"), {"fields": ["is_active", "is_staff", "role", "is_superuser"]}),
        (_("Sign-in"), {"fields": ["sign_in_steps", "sessions", "last_login", "date_joined"]}),
        (_("Terms"), {"fields": ["agreed_to"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        steps = Authenticator.objects.filter(user=OuterRef("pk"), type__in=SECOND_STEPS)
        return super().get_queryset(request).annotate(has_two_steps=Exists(steps))

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[Any]:
        """Only an administrator makes administrators and staff, or touches the account of one."""
        fixed: list[Any] = [*super().get_readonly_fields(request, obj)]
        return (
            fixed if _is_administrator(request) else [*fixed, "is_active", "is_staff", "role", "is_superuser"]
        )

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        above = obj is not None and obj.is_superuser and not _is_administrator(request)
        return super().has_change_permission(request, obj) and not above

    def get_form(
        self, request: HttpRequest, obj: Person | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.editor = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            account_actions.disable(obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return False

    @admin.display(description=_("two steps"), boolean=True)
    def two_steps(self, person: Any) -> bool:
        return bool(person.has_two_steps)

    @admin.display(description=_("confirmed addresses"))
    def addresses(self, person: Person) -> str:
        return format_html_join(
            ", ",
            "<bdi>{}</bdi>",
            EmailAddress.objects.filter(user=person, verified=True).values_list("email"),
        )

    @admin.display(description=_("second steps"))
    def sign_in_steps(self, person: Person) -> str:
        steps = Authenticator.objects.filter(user=person).order_by("pk")
        return format_html_join(", ", "<bdi>{}</bdi> ({})", [(str(s), _day(s.last_used_at)) for s in steps])

    @admin.display(description=_("open sessions"))
    def sessions(self, person: Person) -> str:
        return format_html_join(
            "; ",
            "<bdi>{}</bdi> ({})",
            [(s.user_agent[:60], _day(s.last_seen_at)) for s in UserSession.objects.filter(user=person)[:20]],
        )

    @admin.display(description=_("agreed to"))
    def agreed_to(self, person: Person) -> str:
        consents = person.consents.select_related("terms").order_by("-at")[:20]
        return format_html_join(
            "; ",
            "<bdi>{}</bdi>, {} ({})",
            [(c.terms, c.get_occasion_display(), _day(c.at)) for c in consents],
        )

    @admin.action(description=_("Remove the second step (a lost device)"), permissions=["change"])
    def remove_two_steps(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        people = _within_reach(request, people)
        for person in people:
            Authenticator.objects.filter(user=person).delete()
            account_actions.end_sessions(person)
        self._note(request, people, gettext("Second step removed, sessions ended"))

    @admin.action(description=_("Sign out everywhere"), permissions=["change"])
    def end_sessions(self, request: HttpRequest, people: QuerySet[Person]) -> None:
        people = _within_reach(request, people)
        for person in people:
            account_actions.end_sessions(person)
        self._note(request, people, gettext("Sessions ended"))

    def _note(self, request: HttpRequest, people: QuerySet[Person], change: str) -> None:
        LogEntry.objects.log_actions(gate.staff_member(request).pk, people, CHANGE, change_message=change)
        count = len(people)
        done = ngettext("Done for %(count)d person.", "Done for %(count)d people.", count) % {"count": count}
        self.message_user(request, done, messages.SUCCESS)


def _is_administrator(request: HttpRequest) -> bool:
    return bool(gate.staff_member(request).is_superuser)


def _within_reach(request: HttpRequest, people: QuerySet[Person]) -> QuerySet[Person]:
    """Of these people, those whom the editor may act upon."""
    return people if _is_administrator(request) else people.filter(is_superuser=False)


def _day(moment: Any) -> str:
    return date_format(localtime(moment), "Y-m-d H:i") if moment else "–"

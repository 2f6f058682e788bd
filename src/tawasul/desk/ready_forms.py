"""Forms of what staff have ready: canned replies, macros, signatures, articles."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import roles
from tawasul.accounts.models import Language, Person, Team
from tawasul.accounts.roles import Permission
from tawasul.desk import macro_fields
from tawasul.desk.forms import LONGEST_LETTER, CleanLine, CleanText
from tawasul.knowledge.models import Article
from tawasul.replies import macros
from tawasul.replies.models import Macro, Owned, Scope, Signature
from tawasul.replies.variables import unknown_in
from tawasul.tickets.models import Tag

_NOBODY = ("", "–")


class ReadyForm(forms.Form):
    """What the four have in common: a row, who writes, and variables that must be known."""

    texts: tuple[str, ...] = ()  # the fields that may hold variables

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Any, by: Person) -> None:
        self.row, self.by = row, by
        super().__init__(data, auto_id="ready_%s", initial=self.first())
        for name in self.texts:
            self.fields[name].widget.attrs["rows"] = 6

    def first(self) -> dict[str, Any]:
        """The row as the form shows it."""
        return {name: getattr(self.row, name) for name in self.base_fields if hasattr(self.row, name)}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.texts:
            unknown = unknown_in(cleaned.get(name) or "")
            if unknown:
                self.add_error(
                    name,
                    _now("There is no variable %(name)s. The known ones are listed below.")
                    % {"name": " ".join("{{" + one + "}}" for one in unknown)},
                )
        return cleaned

    def filled_row(self) -> Any:
        """The row with what was typed; nothing is saved."""
        for name, value in self.cleaned_data.items():
            if hasattr(self.row, name):
                setattr(self.row, name, value)
        return self.row


class OwnedForm(ReadyForm):
    """A name in both languages, and who has it: sharing it takes the permission."""

    name_ar = CleanLine(
        label=_("Name in Arabic"), max_length=120, error_messages={"required": _("Write a name.")}
    )
    name_en = CleanLine(label=_("Name in English"), max_length=120, required=False)
    scope = forms.ChoiceField(label=_("Who has it"), choices=Scope.choices)
    team = forms.ChoiceField(label=_("Team"), required=False, help_text=_("Where a team has it."))
    is_active = forms.BooleanField(label=_("Offered"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Owned, by: Person) -> None:
        super().__init__(data, row=row, by=by)
        share = roles.may(by, Permission.SHARE)
        everywhere = roles.may(by, Permission.SETTINGS)
        teams = Team.objects.all() if everywhere else by.teams.all()
        self.teams = {str(team.pk): team for team in teams.order_by("name_ar")} if share else {}
        scopes = Scope.choices if share else [(Scope.PERSONAL.value, Scope.PERSONAL.label)]
        self.fields["scope"].choices = scopes  # type: ignore[attr-defined]  # a choice field
        offered = [_NOBODY, *((key, str(team)) for key, team in self.teams.items())]
        self.fields["team"].choices = offered  # type: ignore[attr-defined]  # a choice field
        if not share:
            del self.fields["team"]

    def first(self) -> dict[str, Any]:
        return {**super().first(), "team": str(self.row.team_id or "")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        team = self.teams.get(cleaned.get("team") or "")
        if cleaned.get("scope") == Scope.TEAM and team is None:
            self.add_error("team", _now("Choose the team that has it."))
        cleaned["team"] = team if cleaned.get("scope") == Scope.TEAM else None
        return cleaned


class ReplyForm(OwnedForm):
    """A canned reply."""

    shortcut = CleanLine(
        label=_("Shortcut"),
        max_length=30,
        required=False,
        help_text=_("Typed after a slash, such as: /dnssec"),
    )
    text_ar = CleanText(label=_("Text in Arabic"), max_length=LONGEST_LETTER, required=False)
    text_en = CleanText(label=_("Text in English"), max_length=LONGEST_LETTER, required=False)

    texts = ("text_ar", "text_en")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["shortcut"] = (cleaned.get("shortcut") or "").lstrip("/:").replace(" ", "-")
        if not (cleaned.get("text_ar") or cleaned.get("text_en") or self.errors):
            self.add_error("text_ar", _now("Write the text in one language at least."))
        return cleaned


class MacroForm(OwnedForm):
    """A macro: a field a step, and what is left empty is not done."""

    tag = forms.ChoiceField(label=_("Add the tag"), required=False)
    to_team = forms.ChoiceField(label=_("Transfer to the team"), required=False)
    assign = forms.ChoiceField(label=_("Assign to"), required=False)
    note = CleanText(label=_("Internal note"), max_length=LONGEST_LETTER, required=False)
    answer_ar = CleanText(label=_("Answer in Arabic"), max_length=LONGEST_LETTER, required=False)
    answer_en = CleanText(label=_("Answer in English"), max_length=LONGEST_LETTER, required=False)
    party = CleanLine(label=_("Put on hold: whom does the centre wait for?"), max_length=100, required=False)
    reason = CleanText(label=_("Put on hold: why?"), max_length=300, required=False)
    close = forms.BooleanField(label=_("Close as solved by the centre"), required=False)

    texts = ("note", "answer_ar", "answer_en")

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Macro, by: Person) -> None:
        super().__init__(data, row=row, by=by)
        self.fields["reason"].widget.attrs["rows"] = 2
        tags = Tag.objects.filter(is_active=True)
        teams = Team.objects.filter(is_active=True).order_by("name_ar")
        staff = Person.objects.filter(is_staff=True, is_active=True).order_by("full_name", "pk")[:200]
        offered: dict[str, list[tuple[str, Any]]] = {
            "tag": [(str(tag.pk), str(tag)) for tag in tags],
            "to_team": [(str(team.pk), str(team)) for team in teams],
            "assign": [
                (macros.ME, _("whoever uses the macro")),
                *((str(person.pk), str(person)) for person in staff),
            ],
        }
        for name, choices in offered.items():
            self.fields[name].choices = [_NOBODY, *choices]  # type: ignore[attr-defined]  # a choice field
        self.own = macro_fields.inputs(self.initial)
        self.fields.update({name: made for name, (_one, made) in self.own.items()})
        self.order_fields([*list(self.fields)[: list(self.fields).index("tag") + 1], *self.own])

    def first(self) -> dict[str, Any]:
        steps = macros.in_order(self.row.steps)
        answer, hold = steps.get("answer", {}), steps.get("hold", {})
        return {
            **super().first(),
            "tag": str(steps.get("tag", {}).get("tag", "")),
            "to_team": str(steps.get("team", {}).get("team", "")),
            "assign": str(steps.get("assign", {}).get("to", "")),
            "note": steps.get("note", {}).get("text_ar", ""),
            "answer_ar": answer.get("text_ar", ""),
            "answer_en": answer.get("text_en", ""),
            "party": hold.get("party", ""),
            "reason": hold.get("reason", ""),
            "close": "close" in steps,
            **macro_fields.first(steps.get("fields", {})),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name, (one, _made) in self.own.items():
            for problem in macro_fields.problems(one, cleaned.get(name) or ""):
                self.add_error(name, problem)
        cleaned["fields"] = {
            one.key: cleaned[name] for name, (one, _made) in self.own.items() if cleaned.get(name)
        }
        if bool(cleaned.get("party")) != bool(cleaned.get("reason")):
            missing = "reason" if cleaned.get("party") else "party"
            self.add_error(missing, _now("A hold needs both: whom the centre waits for, and why."))
        if cleaned.get("party") and cleaned.get("close"):
            self.add_error("close", _now("A ticket is either put on hold or closed."))
        if not self.errors and not self._steps(cleaned):
            self.add_error("tag", _now("Fill in one step at least."))
        return cleaned

    def filled_row(self) -> Any:
        row = super().filled_row()
        row.steps = self._steps(self.cleaned_data)
        return row

    @staticmethod
    def _steps(given: Mapping[str, Any]) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = []
        if given.get("tag"):
            steps.append({"do": "tag", "tag": int(given["tag"])})
        if given.get("fields"):
            steps.append({"do": "fields", "values": given["fields"]})
        if given.get("to_team"):
            steps.append({"do": "team", "team": int(given["to_team"])})
        if given.get("assign"):
            to = given["assign"]
            steps.append({"do": "assign", "to": to if to == macros.ME else int(to)})
        if given.get("note"):
            steps.append({"do": "note", "text_ar": given["note"]})
        if given.get("answer_ar") or given.get("answer_en"):
            texts = {"text_ar": given.get("answer_ar", ""), "text_en": given.get("answer_en", "")}
            steps.append({"do": "answer", **texts})
        if given.get("party"):
            steps.append({"do": "hold", "party": given["party"], "reason": given.get("reason", "")})
        if given.get("close"):
            steps.append({"do": "close"})
        return steps


class SignatureForm(ReadyForm):
    """A signature: of a team, or of the centre, in one language."""

    team = forms.ChoiceField(label=_("Team"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    text = CleanText(
        label=_("Signature"), max_length=1000, error_messages={"required": _("Write the signature.")}
    )

    texts = ("text",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Signature, by: Person) -> None:
        super().__init__(data, row=row, by=by)
        self.teams = {str(team.pk): team for team in Team.objects.order_by("name_ar")}
        choices = [("", _("the whole centre")), *((key, str(team)) for key, team in self.teams.items())]
        self.fields["team"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def first(self) -> dict[str, Any]:
        return {**super().first(), "team": str(self.row.team_id or "")}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["team"] = self.teams.get(cleaned.get("team") or "")
        same = Signature.objects.filter(team=cleaned["team"], language=cleaned.get("language", ""))
        if same.exclude(pk=self.row.pk).exists():
            self.add_error(
                "language", _now("There is a signature in this language already. Change that one.")
            )
        return cleaned


class ArticleForm(ReadyForm):
    """An article."""

    title_ar = CleanLine(
        label=_("Title in Arabic"), max_length=200, error_messages={"required": _("Write a title.")}
    )
    title_en = CleanLine(label=_("Title in English"), max_length=200, required=False)
    slug = CleanLine(
        label=_("Address"),
        max_length=80,
        required=False,
        help_text=_("The end of the page’s address; made from the title where it is left empty."),
    )
    text_ar = CleanText(
        label=_("Text in Arabic"),
        max_length=LONGEST_LETTER,
        error_messages={"required": _("Write the text.")},
    )
    text_en = CleanText(label=_("Text in English"), max_length=LONGEST_LETTER, required=False)
    is_published = forms.BooleanField(label=_("Published"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Article, by: Person) -> None:
        super().__init__(data, row=row, by=by)
        for name in ("text_ar", "text_en"):
            self.fields[name].widget.attrs["rows"] = 10

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        named = cleaned.get("slug") or cleaned.get("title_en") or cleaned.get("title_ar") or ""
        slug = slugify(named, allow_unicode=True)[:80]
        cleaned["slug"] = slug
        if named and (not slug or Article.objects.filter(slug=slug).exclude(pk=self.row.pk).exists()):
            self.add_error("slug", _now("Another article has this address. Choose a different one."))
        return cleaned

"""The shelf of what staff have ready: four kinds of things in one literal table, and who may change which."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tawasul.accounts import roles
from tawasul.accounts.models import Change, Person
from tawasul.accounts.roles import Permission
from tawasul.core.markdown import render_answer, render_document
from tawasul.desk.ready_forms import ArticleForm, MacroForm, ReadyForm, ReplyForm, SignatureForm
from tawasul.knowledge import actions as knowledge_actions
from tawasul.knowledge.models import Article
from tawasul.replies import actions as replies_actions
from tawasul.replies import queries as replies
from tawasul.replies.models import CannedReply, Macro, Scope, Signature

MOST = 300
MOST_CHANGES = 20


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of thing on the shelf."""

    name: str
    label: str | Promise
    add: str | Promise
    hint: str | Promise
    model: Any
    form: type[ReadyForm]
    noun: str  # in the history
    save: Callable[..., None]
    remove: Callable[..., None]
    settings: bool = False  # changed by whoever may change the centre's settings

    def rows(self, person: Person) -> list[Any]:
        """What the person sees of it."""
        if not issubclass(self.model, CannedReply | Macro):
            rows = self.model.objects.all()
            return list((rows.select_related("team") if self.model is Signature else rows)[:MOST])
        condition = replies.of(person)
        if roles.may(person, Permission.SETTINGS):
            condition |= ~Q(scope=Scope.PERSONAL)
        return list(self.model.objects.filter(condition).select_related("team", "owner").distinct()[:MOST])

    def blank(self, person: Person) -> Any:
        """A new one, not saved."""
        return self.model() if self.settings else self.model(owner=person)

    def may_change(self, row: Any, person: Person) -> bool:
        """Whether the person may change or remove this one."""
        if self.settings:
            return roles.may(person, Permission.SETTINGS)
        if row.scope == Scope.PERSONAL:
            return bool(row.owner_id == person.pk and roles.may(person, Permission.ANSWER))
        return roles.may(person, Permission.SHARE)

    def may_add(self, person: Person) -> bool:
        """Whether the person may add one."""
        return roles.may(person, Permission.SETTINGS if self.settings else Permission.ANSWER)

    def changes_of(self, row: Any) -> list[Change]:
        """The row's history, the newest change first."""
        rows = Change.objects.filter(noun=self.noun, object_id=str(row.pk)).order_by("-pk")
        return list(rows[:MOST_CHANGES])


KINDS: Mapping[str, Kind] = {
    "replies": Kind(
        "replies",
        _("Canned replies"),
        _("Add a reply"),
        _("Type a slash in an answer, then a word of the reply or its shortcut."),
        CannedReply,
        ReplyForm,
        replies_actions.NOUNS[CannedReply],
        replies_actions.save,
        replies_actions.remove,
    ),
    "macros": Kind(
        "macros",
        _("Macros"),
        _("Add a macro"),
        _("Several steps in one press. A ticket shows what would happen before it does."),
        Macro,
        MacroForm,
        replies_actions.NOUNS[Macro],
        replies_actions.save,
        replies_actions.remove,
    ),
    "signatures": Kind(
        "signatures",
        _("Signatures"),
        _("Add a signature"),
        _("Stands below every answer: the team’s, else the centre’s, in the ticket’s language."),
        Signature,
        SignatureForm,
        replies_actions.NOUNS[Signature],
        replies_actions.save,
        replies_actions.remove,
        settings=True,
    ),
    "articles": Kind(
        "articles",
        _("Articles"),
        _("Add an article"),
        _("An answer to what many ask. A published one can be put into an answer."),
        Article,
        ArticleForm,
        knowledge_actions.NOUN,
        knowledge_actions.save,
        knowledge_actions.remove,
        settings=True,
    ),
}

_TEXTS: Mapping[str, tuple[tuple[str, str], ...]] = {  # field, language; of each form, what is read by people
    "replies": (("text_ar", "ar"), ("text_en", "en")),
    "macros": (("answer_ar", "ar"), ("answer_en", "en"), ("note", "")),
    "signatures": (("text", ""),),
    "articles": (("text_ar", "ar"), ("text_en", "en")),
}


def previews(kind: Kind, form: ReadyForm) -> list[tuple[str | Promise, str]]:
    """The texts of a form as they will be read, each under its label; variables stand as they are."""
    draw = render_document if kind.name == "articles" else render_answer
    typed = form.data if form.is_bound else form.initial
    shown: list[tuple[str | Promise, str]] = []
    for name, _language in _TEXTS[kind.name]:
        text = str(typed.get(name, "") or "").strip()[:40_000]
        if text:
            shown.append((form.fields[name].label or "", draw(text)))
    return shown

"""Macros: several steps in one press. Each step's verb stands in one literal table, with what it needs.

All steps happen in one transaction, or none does. They run in the table's order whatever order they were written in:
what staff alone see comes first, what the customer is told last, and an answer beside a closing is its closing answer.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tawasul.accounts import roles
from tawasul.accounts.models import Person, Team
from tawasul.accounts.roles import Permission
from tawasul.core.text import isolate
from tawasul.replies import filling, queries
from tawasul.replies.models import Macro
from tawasul.replies.variables import Facts, filled
from tawasul.tickets import actions, workflow
from tawasul.tickets.actions import properties, tagging
from tawasul.tickets.models import CloseReason, Tag, Ticket
from tawasul.tickets.writers import Writer

Step = Mapping[str, Any]
ME = "me"


class NotDoable(Exception):
    """A step cannot be done now, and so none was; ``reason`` says which and why, for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Doing:
    """What the steps of one macro are done with."""

    ticket: Ticket
    by: Person
    steps: Mapping[str, Step]  # by verb

    def text(self, step: Step) -> str:
        """The step's text in the ticket's language, filled."""
        language = self.ticket.language
        text = str(step.get(f"text_{language}") or step.get("text_ar") or step.get("text_en") or "")
        return filled(text, Facts(self.ticket, self.by), language)


@dataclass(frozen=True, slots=True)
class Verb:
    """One thing that a step may do: what it is called, what it needs, how it is done and how it is told before."""

    label: str | Promise
    needs: Permission
    run: Callable[[Doing, Step], object]
    says: Callable[[Doing, Step], str]
    move: str = ""  # of ``workflow``, where it makes one


def _tag(doing: Doing, step: Step) -> object:
    return tagging.tag(doing.ticket, _named(Tag, step["tag"]), by=doing.by)


def _fill(doing: Doing, step: Step) -> object:
    problem = filling.fill(step, doing.ticket, by=doing.by)
    if problem:
        raise NotDoable(problem)
    return None


def _transfer(doing: Doing, step: Step) -> object:
    return properties.transfer(doing.ticket, to=_named(Team, step["team"]), by=doing.by)


def _assign(doing: Doing, step: Step) -> object:
    to = doing.by if step["to"] == ME else _named(Person, step["to"])
    return actions.assign(doing.ticket, to=to, by=doing.by)


def _note(doing: Doing, step: Step) -> object:
    return actions.note(doing.ticket, by=doing.by, text=doing.text(step))


def _answer(doing: Doing, step: Step) -> object:
    if "close" in doing.steps:
        return None
    signature = queries.signature_of(doing.ticket, doing.by)
    return actions.answer(doing.ticket, by=doing.by, text=doing.text(step), signature=signature)


def _hold(doing: Doing, step: Step) -> object:
    return actions.hold(doing.ticket, by=doing.by, reason=step["reason"], party=step["party"])


def _close(doing: Doing, step: Step) -> object:
    answer = doing.steps.get("answer")
    return actions.close(
        doing.ticket,
        by=Writer.of(doing.by),
        reason=CloseReason.SOLVED_BY_STAFF,
        comment=doing.text(answer) if answer else "",
        signature=queries.signature_of(doing.ticket, doing.by) if answer else "",
    )


VERBS: Mapping[str, Verb] = {
    "tag": Verb(
        gettext_lazy("add a tag"),
        Permission.EDIT,
        _tag,
        lambda _d, step: _("The tag %(name)s is added.") % {"name": _name(Tag, step["tag"])},
    ),
    "fields": Verb(
        gettext_lazy("fill in fields"),
        Permission.EDIT,
        _fill,
        lambda doing, step: " ".join(one.sentence for one in filling.fillings(step, doing.ticket)),
    ),
    "team": Verb(
        gettext_lazy("transfer to a team"),
        Permission.ASSIGN,
        _transfer,
        lambda _d, step: _("The ticket goes to the team %(name)s.") % {"name": _name(Team, step["team"])},
    ),
    "assign": Verb(
        gettext_lazy("assign"),
        Permission.ASSIGN,
        _assign,
        lambda _d, step: (
            _("The ticket becomes yours.")
            if step["to"] == ME
            else _("The ticket is assigned to %(name)s.") % {"name": _name(Person, step["to"])}
        ),
    ),
    "note": Verb(
        gettext_lazy("write an internal note"),
        Permission.NOTE,
        _note,
        lambda _d, _s: _("This internal note is written; the customer does not see it."),
    ),
    "answer": Verb(
        gettext_lazy("answer the customer"),
        Permission.ANSWER,
        _answer,
        lambda _d, _s: _("This answer is sent to the customer."),
        move="answer",
    ),
    "hold": Verb(
        gettext_lazy("put on hold"),
        Permission.ANSWER,
        _hold,
        lambda _d, step: (
            _("The ticket is put on hold; the customer reads: %(party)s. %(reason)s")
            % {"party": step["party"], "reason": step["reason"]}
        ),
        move="hold",
    ),
    "close": Verb(
        gettext_lazy("close"),
        Permission.ANSWER,
        _close,
        lambda _d, _s: _("The ticket is closed as solved by the centre."),
        move="close",
    ),
}
WITH_TEXT = ("answer", "note")


@dataclass(frozen=True, slots=True)
class Told:
    """One step as it is shown before it is done: a sentence, and the text it writes; or ``problem``, why it cannot
    be done on this ticket, and so none of the macro can."""

    verb: str
    sentence: str
    text: str = ""
    problem: bool = False


def told(macro: Macro, ticket: Ticket, by: Person) -> list[Told]:
    """What the macro would do to this ticket, step by step, in the order in which it is done."""
    doing = Doing(ticket, by, in_order(macro.steps))
    lines = []
    for verb, step in doing.steps.items():
        if verb == "fields":  # a line each
            made = filling.fillings(step, ticket)
            lines += [Told(verb, one.sentence, problem=bool(one.problem)) for one in made]
            continue
        text = doing.text(step) if verb in WITH_TEXT else ""
        if verb == "answer":
            signature = queries.signature_of(ticket, by)
            text = f"{text}\n\n{signature}" if signature else text
        lines.append(Told(verb, VERBS[verb].says(doing, step), text))
    return lines


def in_order(steps: Sequence[Step]) -> dict[str, Step]:
    """The steps by verb, as they are done; one of a kind, and none whose verb is unknown."""
    written = {str(step.get("do")): step for step in steps}
    return {verb: written[verb] for verb in VERBS if verb in written}


def is_allowed(macro: Macro, person: Person) -> bool:
    """Whether the person's role may do every step."""
    return all(roles.may(person, VERBS[verb].needs) for verb in in_order(macro.steps))


def run(macro: Macro, ticket: Ticket, *, by: Person) -> None:
    """Do every step in one transaction. Raises NotDoable, after which the ticket is as it was."""
    if not is_allowed(macro, by):
        raise NotDoable(_("Your role may not do every step of this macro."))
    try:
        with transaction.atomic():
            doing = Doing(ticket, by, in_order(macro.steps))
            for verb, step in doing.steps.items():
                VERBS[verb].run(doing, step)
    except workflow.IllegalMove as refused:
        raise NotDoable(
            _("The ticket’s state does not allow it: %(step)s.") % {"step": _word(refused.move)}
        ) from refused
    except tagging.TooManyTags as refused:
        raise NotDoable(_("The ticket has as many tags as it may have.")) from refused
    except properties.Outsider as refused:
        name = isolate(str(refused.person))
        raise NotDoable(
            _("%(name)s does not see the tickets of this closed team.") % {"name": name}
        ) from refused


def _word(move: str) -> str:
    return next((str(verb.label) for verb in VERBS.values() if verb.move == move), move)


def _named(model: Any, pk: Any) -> Any:
    found = model.objects.filter(pk=pk, is_active=True).first()
    if found is None or (model is Person and not found.is_staff):
        raise NotDoable(_("What a step names no longer exists. Ask whoever wrote the macro to correct it."))
    return found


def _name(model: Any, pk: Any) -> str:
    return str(model.objects.filter(pk=pk).first() or "–")

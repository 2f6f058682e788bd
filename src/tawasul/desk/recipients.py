"""Who reads an answer: everybody whom the ticket concerns, or one private participant alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tawasul.core.text import isolate
from tawasul.desk.forms import EVERYBODY, AnswerForm, LetterForm
from tawasul.tickets import participation
from tawasul.tickets.models import Event, Message, Participant, Ticket
from tawasul.tickets.queries import Entry, Fact, Letter

UNDECIDED = "choose"  # whoever was chosen is there no more: the next choice is made by hand


@dataclass(frozen=True, slots=True)
class Choice:
    """The list above an answer: pairs of value and words; ``chosen`` is one of the values, and ``why`` says why nobody
    is chosen, where that is so."""

    options: list[tuple[str, str]]
    chosen: str
    why: str = ""


def choice(ticket: Ticket, form: LetterForm, participants: Sequence[Participant]) -> Choice | None:
    """What may be chosen, as it was chosen before; None where an answer has only one way to go."""
    if not isinstance(form, AnswerForm):
        return None
    alone = [
        (str(one.pk), _("Only %(name)s") % {"name": isolate(_name(one))})
        for one in participation.told(ticket, participants)
        if one.is_private
    ]
    chosen = str(form["to"].value() or EVERYBODY)
    if not alone and chosen == EVERYBODY:
        return None
    options = [(EVERYBODY, _("Everybody who takes part")), *alone]
    if chosen not in dict(options):
        chosen = UNDECIDED
        options = [(UNDECIDED, _("Choose")), *options]
    return Choice(options, chosen, departed() if chosen == UNDECIDED else "")


def departed() -> str:
    """Said where whoever was chosen is there no more."""
    return _("Whoever was to read it alone takes part no longer. Choose who reads it.")


def chosen(ticket: Ticket, form: LetterForm) -> Participant | None:
    """The one participant whom the form names; None for everybody. Where they are not one of the ticket's private
    participants (any more), the form gets an error."""
    to = str(form.data.get("to") or EVERYBODY)
    if not isinstance(form, AnswerForm) or to == EVERYBODY:
        return None
    known = to.isascii() and to.isdigit() and len(to) < 18
    rows = Participant.objects.select_related("person").filter(ticket=ticket, is_private=True)
    found = participation.told(ticket, rows.filter(pk=int(to))) if known else []
    if not found:
        refuse(form)
    return found[0] if found else None


def refuse(form: LetterForm) -> None:
    """Whoever was chosen takes part no longer."""
    form.is_valid()  # an error is added to what was judged before
    form.add_error("to", departed())


def role_of(roles: dict[str, str], participants: Sequence[Participant]) -> Callable[[Letter], str]:
    """For the template: who wrote a letter, and to whom where that is one participant."""
    names = {one.pk: _name(one) for one in participants}

    def role(letter: Letter) -> str:
        if letter.kind != Message.Kind.ANSWER:
            return roles[letter.standing or letter.kind]
        if letter.standing != Message.Standing.PRIVATE:
            return roles[letter.kind]
        name = names.get(letter.participant_id or 0)
        if name is None:
            return _("the centre, to somebody who has left")
        return _("the centre, to %(name)s alone") % {"name": isolate(name)}

    return role


def untold(entries: Sequence[Entry]) -> dict[int, str]:
    """By key of an answer to one participant alone: why nobody was told of it, where they left before it went out. One
    query where such answers stand in tickets that go on in this one."""
    lost = [e.message for e in entries if e.message and reaches_nobody(e.message)]
    if not lost:
        return {}
    left: list[Event | Fact] = [e.event for e in entries if e.event and e.event.kind == Event.Kind.LEFT]
    homes = {letter.home.pk for letter in lost if letter.home}
    if homes:
        left += Event.objects.filter(ticket__in=homes, kind=Event.Kind.LEFT)
    by_letter = {pk: fact for fact in left for pk in fact.data.get("untold", ())}
    return {letter.pk: _why_untold(letter, by_letter[letter.pk]) for letter in lost if letter.pk in by_letter}


def reaches_nobody(letter: Letter | Message) -> bool:
    """Whether it is an answer to one participant alone who has left since."""
    return (
        letter.kind == Message.Kind.ANSWER
        and letter.standing == Message.Standing.PRIVATE
        and letter.participant_id is None
    )


def _why_untold(letter: Letter, left: Event | Fact) -> str:
    name = str(left.data.get("to", ""))
    if letter.shown_from is None or left.at >= letter.shown_from:  # their page may have shown it to them
        words = _("No e-mail of this answer was sent: %(name)s takes part no longer.")
    elif left.actor_name == name:
        words = _("This answer reached nobody: %(name)s left the ticket before it went out.")
    else:
        words = _("This answer reached nobody: %(name)s was removed from the ticket before it went out.")
    return words % {"name": isolate(name)}


def _name(participant: Participant) -> str:
    return str(participant.person) if participant.person is not None else participant.name

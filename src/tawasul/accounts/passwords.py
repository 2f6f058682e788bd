"""How strong a password is, in words a person can act on."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LONGEST_WEIGHED = 64  # characters; the estimate takes quadratic time, and beyond this nothing is weak
WEAKEST_ACCEPTED = 3  # of 0 to 4: not to be guessed in a hundred million tries
FEWEST_OWN = 4  # characters that are no part of one's name or address
LABELS = {
    0: gettext_lazy("Very weak: it is among the first that would be guessed"),
    1: gettext_lazy("Weak: add another unrelated word"),
    2: gettext_lazy("Not enough yet: add another unrelated word"),
    3: gettext_lazy("Good"),
    4: gettext_lazy("Very good"),
}


@dataclass(frozen=True)
class Strength:
    """``score`` is 0 (guessed at once) to 4 (out of reach); ``label`` says it in the active language."""

    score: int

    @property
    def label(self) -> str:
        return str(LABELS[self.score])

    @property
    def accepted(self) -> bool:
        return self.score >= WEAKEST_ACCEPTED


def weigh(password: str, *own_words: str) -> Strength:
    """Estimate a password; ``own_words`` (name, address, organisation) count as guessable, and repeating them too."""
    words = [part.lower() for word in own_words for part in word[:100].replace("@", " ").split()]
    from zxcvbn import (
        zxcvbn,
    )  # its word lists take 15 MB and most of a second: only where a password is chosen

    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "") if len(word) > 2 else rest
    if len(rest.replace(" ", "")) < FEWEST_OWN:
        return Strength(0)
    return Strength(int(zxcvbn(password[:LONGEST_WEIGHED], user_inputs=words)["score"]))


class StrengthValidator:
    """Refuses a password that would be guessed soon. For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: object | None = None) -> None:
        own = [
            str(getattr(user, name, "") or "") for name in ("username", "email", "full_name", "organisation")
        ]
        if not weigh(password, *own).accepted:
            raise ValidationError(
                _("This password is too easy to guess. Four unrelated words make a good one."),
                code="password_too_weak",
            )

    def get_help_text(self) -> str:
        return _("Four unrelated words are better than symbols that are hard to remember.")

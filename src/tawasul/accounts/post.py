"""How this room asks for a mail without knowing the room that writes it: the doors hand it in.

``mail.actions.send`` fits this shape. It only inserts a row, so the mail stands or falls with the action's transaction.
"""

from collections.abc import Callable
from typing import Any, Protocol

from tawasul.accounts.models import Person


class Post(Protocol):
    """Writes one mail into the ledger. ``kind`` names its texts, ``name`` the owner of a proved address; a second
    mail with the same ``key`` is dropped."""

    def __call__(
        self,
        kind: str,
        *,
        to: str,
        name: str = "",
        language: str,
        context: dict[str, Any],
        key: str,
        person: Person | None = None,
    ) -> object: ...


Recognise = Callable[[Person], object]
"""What the rooms above do for a person whose address has just been proved; it stands or falls with that."""


def nothing_more(_person: Person) -> None:
    """For whoever proves an address where no room above is concerned."""

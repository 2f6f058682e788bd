"""What every page finds in its context besides what its view gives it."""

from typing import Any

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from markupsafe import Markup


class FormToken:
    """The hidden field that guards a form, made where the first form asks for it, and once a page: a ticket has a dozen
    forms, and masking the token anew for each of them guards nothing more."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._made: Markup | None = None

    def __html__(self) -> Markup:
        if self._made is None:
            self._made = Markup(csrf_input(self._request))  # noqa: S704 - Django made it
        return self._made

    __str__ = __html__


def form_token(request: HttpRequest) -> dict[str, Any]:
    """``csrf_input``, instead of the one that Django makes anew each time it is written."""
    return {"csrf_input": FormToken(request)}

"""Sign-in by user name or e-mail address."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from tawasul.accounts import queries
from tawasul.accounts.models import Person
from tawasul.core.prepared import Prepared

_BY_KEY = Prepared(lambda key: Person.objects.filter(pk=key))  # asked at every request of someone signed in


class PersonBackend(AuthenticationBackend):  # type: ignore[misc]
    """One look-up and one password hash, whatever was typed and whether or not it belongs to somebody.

    Allauth's own backend hashes twice for a known address and once for an unknown one, which a clock can see.
    """

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> Person | None:
        login = str(credentials.get("username") or credentials.get("email") or "")
        person = queries.person_by_login(login)
        found: Person | None = self._check_password(person, str(credentials.get("password") or ""))
        return found

    def get_user(self, user_id: int) -> Person | None:
        """The person behind a session, in one query; None where the account is disabled."""
        person = _BY_KEY.first(user_id)
        return person if person is not None and self.user_can_authenticate(person) else None

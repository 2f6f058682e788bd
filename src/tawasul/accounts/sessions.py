"""Sessions in the database, as Django keeps them; loading one, which every page does, is a prepared query."""

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session

from tawasul.core import clock
from tawasul.core.prepared import Prepared

_BY_KEY = Prepared(lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now))


class SessionStore(db.SessionStore):
    """Django's own store. A session that is deleted is over at once: none is kept in the process."""

    def _get_session_from_db(self) -> Session | None:
        session = _BY_KEY.first(self.session_key, clock.now()) if self.session_key else None
        if session is None:
            self._session_key = None
        return session

"""The engine; Django looks for ``DatabaseWrapper`` here."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL's, without a question to the server at the begin of every request."""

    def is_usable(self) -> bool:
        """Whether the connection still lives. A server has nothing to say between two requests, so something to read
        means that it closed the connection, or has a notice: only then is it asked."""
        if self.connection is None or self.connection.closed:
            return False
        waiting = select.poll()
        waiting.register(self.connection.fileno(), select.POLLIN)
        if waiting.poll(0):
            return bool(super().is_usable())
        return True

"""The engine; Django looks for ``DatabaseWrapper`` here."""

import select

from django.db.backends.postgresql import base

# Every page asks for a few rows through indexes. A server's own settings are those of slow disks and long reports: with
# them it reads a table of some hundred megabytes rather than look a thousand rows up, and starts processes for it.
_FOR_SHORT_QUERIES = "SET random_page_cost = 1.1; SET max_parallel_workers_per_gather = 0; SET jit = off"


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL's, without a question to the server at the begin of every request, and planning for short queries;
    ``options`` of one's own in DATABASE_URL leave the planning to them."""

    def init_connection_state(self) -> None:
        """Once a connection."""
        super().init_connection_state()
        if not self.settings_dict["OPTIONS"].get("options"):
            self.connection.execute(_FOR_SHORT_QUERIES, prepare=False)
            if not self.get_autocommit():
                self.connection.commit()

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

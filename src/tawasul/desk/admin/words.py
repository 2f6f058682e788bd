"""Words of Django's own that its Arabic misspells, or puts in a gender that not every table has.

Nothing imports this: being here, they are in the desk's catalogue, and that one stands before Django's.
"""

from django.utils.translation import gettext_noop

DJANGOS = (
    gettext_noop("Select %s to change"),
    gettext_noop("Select %s to view"),
    gettext_noop("Add %s"),
    gettext_noop("History"),
    gettext_noop("Filter"),
    gettext_noop("Model name"),
    gettext_noop("Add link"),
    gettext_noop("Change or view list link"),
    gettext_noop("last login"),
    gettext_noop("log entry"),
    gettext_noop("log entries"),
    gettext_noop("action flag"),
)

"""Administration: services, teams, people, terms, calendars, the centre's settings; each change leaves history."""

from tawasul.desk.admin import calendars, centre, history, people, services, terms
from tawasul.desk.admin.site import site

__all__ = ["calendars", "centre", "history", "people", "services", "site", "terms"]

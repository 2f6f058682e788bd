"""Administration: services, teams, people, terms, calendars, settings, texts of mails; each change leaves history."""

from tawasul.desk.admin import calendars, centre, history, mail, people, teams, terms
from tawasul.desk.admin.site import site

__all__ = ["calendars", "centre", "history", "mail", "people", "site", "teams", "terms"]

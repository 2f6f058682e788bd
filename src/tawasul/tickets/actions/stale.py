"""What an edit raises that came too late."""

from tawasul.tickets.models import Event, Ticket


class Stale(Exception):
    """Somebody changed this property since the form was drawn. ``event`` says who and when, where it is known."""

    def __init__(self, name: str, ticket: Ticket, event: Event | None) -> None:
        super().__init__(f"{name} was changed meanwhile")
        self.name = name
        self.ticket = ticket
        self.event = event

"""What a customer is told, and when."""

from tawasul.accounts.models import Person
from tawasul.mail.models import OutgoingMail
from tawasul.reactions import events
from tawasul.tickets import actions
from tests.world import OpenATicket


def test_smoke(open_a_ticket: OpenATicket, fahd: Person) -> None:
    ticket = open_a_ticket()
    assert events.react_to_due() == 1
    actions.answer(ticket, by=fahd, text="نعم **فعلا**\n\n- واحد\n- اثنان")
    assert events.react_to_due() == 1
    for mail in OutgoingMail.objects.all():
        print(mail.subject, mail.headers, mail.text)
    import pathlib
    for mail in OutgoingMail.objects.all():
        pathlib.Path(f"/tmp/mw/{mail.kind}.html").write_text(mail.html)

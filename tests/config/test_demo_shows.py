"""The demo shows what the desk can do, and mails nobody about the past that it invents."""

import pytest
from django.http import QueryDict

from tawasul.accounts.models import Absence, Person, Team
from tawasul.config.demo import seed
from tawasul.core import clock
from tawasul.core.kept import forget_all
from tawasul.mail.models import OutgoingMail
from tawasul.notices import queries as notices
from tawasul.tickets import fields, filters, queue
from tawasul.tickets.fields import Situation
from tawasul.tickets.models import Event, Field, FieldValue, Follower, Form, Participant, SavedView, Ticket

pytestmark = pytest.mark.django_db


@pytest.mark.timeout(120)
def test_the_demo_has_something_of_everything_and_nothing_waits_to_be_mailed() -> None:
    forget_all()
    assert seed.run()
    forget_all()
    fahd = Person.objects.get(username="fahd")

    kinds = {value.field.kind for value in FieldValue.objects.select_related("field")}
    assert kinds == {"choice", "tree", "date", "number", "person", "domain"}
    assert Field.objects.exclude(shown_if=[]).exists()
    assert Field.objects.exclude(required_if=[]).exists()
    assert not Field.objects.filter(name_en="").exists()
    for ticket in Ticket.objects.all():  # as if the forms of today had been asked
        said = {one: fields.typed(one, value) for one, value in fields.values_of(ticket)}
        situation = Situation(
            ticket.service_id, ticket.purpose, ticket.channel, {one.key: typed for one, typed in said.items()}
        )
        asked = fields.shown(fields.asked_of_customers(ticket.channel), situation)
        assert set(said) <= set(asked), ticket
        assert {one for one in asked if fields.is_required(one, situation)} <= set(said), ticket
    form = Form.objects.get()
    assert form.intro_ar and form.intro_en

    assert Team.objects.filter(sharing=Team.Sharing.LEAST_LOADED, only_present=True).count() == 1
    absence = Absence.objects.get()
    assert absence.starts_at > clock.now()
    assert absence.substitute == fahd
    beside = Participant.objects.filter(ticket__requester__username="noura")
    assert sorted(beside.values_list("is_private", flat=True)) == [False, True]
    assert {one.ticket for one in notices.unseen(fahd)} >= {beside[0].ticket.number}
    assert Follower.objects.filter(person=fahd).count() >= 2
    for view in SavedView.objects.all():
        narrowed, wrong = filters.parse(QueryDict(view.query), views=queue.VIEWS)
        assert (narrowed.canonical(), wrong) == (view.query, {})
    assert SavedView.objects.count() == 3

    assert not OutgoingMail.objects.exists()
    assert not Event.objects.filter(done_at=None).exists()

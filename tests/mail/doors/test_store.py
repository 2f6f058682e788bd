"""What every door does: the bytes are kept as they came, once, or the door is told otherwise."""

import random
from typing import Any

import pytest
from django.db import OperationalError, transaction
from pytest_django import Settings

from tawasul.mail.doors import store
from tawasul.mail.models import IncomingMail, RawMail
from tests.at_once import at_once
from tests.mail.doors.making import a_mail

State = IncomingMail.State


@pytest.mark.django_db
@pytest.mark.parametrize(
    "raw", [b"", a_mail(1), b"\0\xff\r\n\r" * 1000, random.Random(1).randbytes(300_000)], ids=len
)
def test_the_bytes_come_back_as_they_came(raw: bytes) -> None:
    mail = store.keep(raw, door="pipe")
    assert store.raw(IncomingMail.objects.get(pk=mail.pk)) == raw
    assert mail.size == len(raw)


@pytest.mark.django_db
def test_a_new_mail_waits_to_be_read_with_what_the_door_knew() -> None:
    mail = store.keep(a_mail(), door="lmtp", envelope_from="<>", envelope_to=["a@x", "b@x", "a@x", ""])
    mail.refresh_from_db()
    assert (mail.state, mail.done_at, mail.copies) == (State.WAITING, None, 1)
    assert (mail.door, mail.envelope_from, mail.envelope_to) == ("lmtp", "<>", ["a@x", "b@x"])
    assert (mail.subject, mail.from_address, mail.message_id) == ("", "", ""), "nothing is read at the door"


@pytest.mark.django_db
def test_a_copy_is_counted_and_brings_its_recipients() -> None:
    first = store.keep(a_mail(), door="pipe", envelope_to=["support@x"])
    again = store.keep(b"Received: by x\n" + a_mail(), door="imap", mailbox="m", envelope_to=["complaints@x"])
    assert again.pk == first.pk and again.copies == 2
    row = IncomingMail.objects.get()
    assert (row.copies, row.door, row.envelope_to) == (2, "pipe", ["support@x", "complaints@x"])
    assert store.raw(row) == a_mail(), "the first one's bytes stay"


@pytest.mark.django_db
def test_what_no_database_takes_is_no_reason_to_refuse_a_mail() -> None:
    sender = b"a\xff\0@x".decode("utf-8", "surrogateescape")
    mail = store.keep(a_mail(), door="lmtp", envelope_from=sender, envelope_to=[sender, "x" * 5000])
    mail.refresh_from_db()
    assert mail.envelope_from == "a??@x"
    assert mail.envelope_to == ["a??@x", "x" * 320]


@pytest.mark.django_db
def test_a_mail_that_is_too_large_is_refused_and_one_that_just_fits_is_kept(settings: Settings) -> None:
    settings.MAIL_MAX_BYTES = 1000
    store.keep(b"x" * 1000, door="pipe")
    with pytest.raises(store.TooLarge):
        store.keep(b"x" * 1001, door="pipe")
    assert IncomingMail.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_never_part_of_a_transaction_that_could_be_taken_back() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        store.keep(a_mail(), door="pipe")


@pytest.mark.django_db(transaction=True)
def test_without_its_bytes_there_is_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(**values: Any) -> None:
        raise OperationalError("disk full")

    monkeypatch.setattr(RawMail.objects, "create", no_room)
    with pytest.raises(OperationalError):
        store.keep(a_mail(), door="pipe")
    assert not IncomingMail.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_at_the_same_moment_one_mail_is_one_row_and_every_copy_is_counted() -> None:
    def work() -> list[int]:
        return [store.keep(a_mail(number), door="lmtp").pk for number in range(5)]

    found = [pk for each in at_once(*[work] * 8) for pk in each]
    assert len(found) == 40 and len(set(found)) == 5
    assert list(IncomingMail.objects.values_list("copies", flat=True)) == [8] * 5
    assert RawMail.objects.count() == 5

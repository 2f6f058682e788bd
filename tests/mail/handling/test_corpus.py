"""Real mails of public test suites go all the way through: none is lost, none raises, none is answered by a machine.

TAWASUL_CORPUS names the folder; beside the repository it is found by itself. The mails are never part of it.
"""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tawasul.mail.doors import store
from tawasul.mail.models import IncomingMail, OutgoingMail
from tawasul.tickets.models import Draft, Event, Message
from tests.mail.handling.conftest import OURS, Outcome, State, everything_follows, handle_all

CORPUS = Path(os.environ.get("TAWASUL_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus") / "mail"
MACHINES = {Outcome.BOUNCE, Outcome.AUTO_REPLY, Outcome.REPORT, Outcome.LIST, Outcome.LOOP}

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="no corpus of mails: set TAWASUL_CORPUS to its folder"
)


def test_every_mail_is_accounted_for_and_no_machine_is_answered(
    terms: object, record_property: Callable[[str, object], None]
) -> None:
    raws = [path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.suffix not in {".tsv", ".md"}]
    rows = {store.keep(raw, door="lmtp", envelope_to=[OURS]).pk for raw in raws}
    handle_all(most=100)
    mails = list(IncomingMail.objects.all())
    assert {mail.pk for mail in mails} == rows
    assert all(mail.state != State.WAITING and mail.done_at for mail in mails)
    failed = [
        (mail.from_address, mail.last_error)
        for mail in mails
        if mail.reason in {"handling_failed", "reader_broke"}
    ]
    assert not failed
    for mail in mails:
        assert mail.outcome or mail.reason, mail.subject
        if mail.outcome in MACHINES:
            assert (mail.letter, mail.draft) == (None, None)
    everything_follows()
    answered = set(OutgoingMail.objects.values_list("to_address", flat=True))
    people = {mail.from_address for mail in mails if mail.outcome == Outcome.UNCONFIRMED}
    assert {address.lower() for address in answered} == people
    assert OutgoingMail.objects.count() == len(people), "one notice an address, and nothing else"
    assert Draft.objects.count() == sum(mail.outcome == Outcome.UNCONFIRMED for mail in mails)
    assert not Message.objects.exists()
    assert not Event.objects.exists()
    states = Counter(mail.outcome or f"{mail.state}: {mail.reason}" for mail in mails)
    record_property("outcomes", dict(states))
    assert sum(states.values()) == len(rows) > 50

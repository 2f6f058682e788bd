"""Nobody waits long for a mailbox in which nothing happens."""

import logging

import pytest

from tawasul.mail.doors import imap


@pytest.fixture(autouse=True)
def _nobody_waits_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(imap, "POLL_SECONDS", 0.3)


@pytest.fixture(autouse=True, scope="session")
def _each_command_is_no_line_of_the_log() -> None:
    logging.getLogger("mail.log").setLevel(logging.ERROR)

"""Mails to send, and servers to send them to."""

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from tawasul.mail import actions, headers
from tawasul.mail.models import OutgoingMail
from tawasul.mail.smtp import Deliverer
from tests.mail.raw_smtp import RawSmtp

WriteAMail = Callable[..., OutgoingMail]
_numbers = itertools.count()


def write_a_mail_to(to: str, **given: Any) -> OutgoingMail:
    """A sign-in code for someone; the shortest of our mails."""
    values: dict[str, Any] = {
        "to": to,
        "language": "ar",
        "context": {"code": "271828"},
        "key": f"test:{next(_numbers)}",
    }
    mail = actions.send(given.pop("kind", "login_code"), **(values | given))
    assert mail is not None
    return mail


@pytest.fixture
def write_a_mail(db: None) -> WriteAMail:
    return lambda to="noura@example.com.sa", **given: write_a_mail_to(to, **given)


@pytest.fixture(autouse=True)
def _sender(settings: Settings) -> Iterator[None]:
    settings.MAIL_FROM = "tickets@registry.example"
    settings.SMTP_TIMEOUT = 5
    headers.mail_domain.cache_clear()
    yield
    headers.mail_domain.cache_clear()


@pytest.fixture
def server(settings: Settings) -> Iterator[RawSmtp]:
    """A well-behaved server that the settings point to."""
    with RawSmtp() as raw:
        settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", raw.port
        yield raw


@pytest.fixture
def deliverer() -> Iterator[Deliverer]:
    one = Deliverer()
    yield one
    one.close()


def due_again(mail: OutgoingMail) -> None:
    """As if the time until the next try had passed."""
    OutgoingMail.objects.filter(pk=mail.pk).update(next_try_at=mail.created_at)

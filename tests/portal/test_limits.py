"""Limits for strangers are counted together by all processes, and never by one too many."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.core.internal.httpkit import get_client_ip
from django.test import RequestFactory

from tawasul.core import clock
from tawasul.portal import limits
from tawasul.portal.models import Tally
from tests.at_once import at_once

RequestOf = RequestFactory()


@pytest.mark.django_db
def test_so_many_and_no_more_until_the_window_is_over() -> None:
    start = clock.now().replace(minute=0, second=1)
    with time_machine.travel(start, tick=False):
        assert [limits.spend("x", "a", most=2, per=limits.HOUR) for _ in range(4)] == [
            True,
            True,
            False,
            False,
        ]
        assert limits.spend("x", "b", most=2, per=limits.HOUR)
    with time_machine.travel(start + timedelta(minutes=59, seconds=59), tick=False):
        assert limits.spend("x", "a", most=2, per=limits.HOUR)


@pytest.mark.django_db
def test_the_subject_is_not_readable_and_old_rows_go() -> None:
    limits.spend("mail", "someone@example.com", most=1, per=limits.HOUR)
    assert "someone" not in Tally.objects.get().what
    with time_machine.travel(clock.now() + timedelta(days=3)):
        limits.spend("mail", "other@example.com", most=1, per=limits.HOUR)
    assert Tally.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_side_by_side_no_two_share_the_last_one() -> None:
    allowed = at_once(*[lambda: limits.spend("x", "race", most=3, per=limits.DAY)] * 8)
    assert sorted(allowed) == [False] * 5 + [True] * 3


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_an_ipv6_network_counts_as_one(address: str, network: str) -> None:
    assert limits.network_of(RequestOf.get("/", REMOTE_ADDR=address)) == network


def test_a_forwarded_address_is_never_believed_here_not_even_behind_a_proxy(settings: Any) -> None:
    """Whoever reaches the server beside the proxy could write it; the server itself reads it from trusted ones."""
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    forged = RequestOf.get("/", headers={"X-Forwarded-For": "198.51.100.4"}, REMOTE_ADDR="192.0.2.7")
    assert limits.network_of(forged) == "192.0.2.7"
    assert get_client_ip(forged) == "192.0.2.7"

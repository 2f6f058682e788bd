"""The log names what went wrong, and keeps to itself what would open a door."""

import logging

import pytest
from django.conf import settings
from django.test import Client

from tawasul.core.logs import HideTokens, hidden
from tawasul.core.tokens import new_token


def test_tokens_are_taken_out_of_addresses_and_the_rest_stays() -> None:
    token, _hash = new_token()
    assert hidden(f"Not Found: /ar/follow/{token}/receipt/") == "Not Found: /ar/follow/…/receipt/"
    assert token not in hidden(f"Gone: /ar/account/activate/{token}/{token}/")
    assert (
        hidden("Gone: /ar/account/password/reset/key/2-c1x-9f0e/")
        == "Gone: /ar/account/password/reset/key/…/"
    )
    plain = "Not Found: /ar/files/272b51a8-ea86-40e1-8b76-d9b225e12f3e/ and /ar/tickets/4829-1736/"
    assert hidden(plain) == plain


def test_every_line_of_the_log_passes_the_filter() -> None:
    for handler in settings.LOGGING["handlers"].values():
        assert "hide_tokens" in handler["filters"]


@pytest.mark.django_db
def test_a_refused_form_behind_a_personal_link_leaves_no_link_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    token, _hash = new_token()
    caplog.handler.addFilter(HideTokens())
    with caplog.at_level(logging.WARNING):
        Client(enforce_csrf_checks=True).post(f"/ar/follow/{token}/follow-ups/")
        Client().get(f"/ar/follow/{token}/")
    assert "/ar/follow/…/" in caplog.text
    assert token not in caplog.text

"""Codes to mobiles: written as rows, handed to the gateway by the worker."""

import json
import re
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
import time_machine
from django.test import Client

from tawasul.accounts import sms
from tawasul.accounts.models import OutgoingSms, Person, TermsVersion
from tawasul.core import clock
from tests.accounts.test_requests import GOOD_PASSWORD, ask, code_in, link_in, newest_mail

pytestmark = pytest.mark.django_db


def digits(text: str) -> str:
    return re.findall(r"\d{6}", text)[0]


def test_without_a_gateway_nothing_is_sent_and_no_second_code_is_asked(
    client: Client, terms: TermsVersion
) -> None:
    asked = ask(client)
    assert not OutgoingSms.objects.exists()
    assert "mobile_code" not in client.get(f"/ar/account/activate/{asked.key}/").content.decode()


def test_with_a_gateway_both_codes_are_needed(client: Client, terms: TermsVersion, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "console:"
    asked = ask(client)
    message = OutgoingSms.objects.get()
    assert message.to == "+966512345678"
    page = f"/ar/account/activate/{asked.key}/"
    code = code_in(newest_mail())
    assert client.post(page, {"code": code}).status_code == 422
    assert client.post(page, {"code": code, "mobile_code": "000000"}).status_code == 422
    assert not Person.objects.filter(username="huda").exists()
    assert client.post(page, {"code": code, "mobile_code": digits(message.text)}).status_code == 302


def test_the_link_needs_the_mobiles_code_too(client: Client, terms: TermsVersion, settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "console:"
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    assert client.post(link).status_code == 422
    code = digits(OutgoingSms.objects.get().text)
    phone = Client()
    assert phone.post(link, {"mobile_code": code}).status_code == 422
    assert phone.post(link, {"password": GOOD_PASSWORD}).status_code == 422
    assert not Person.objects.filter(username="huda").exists()
    assert client.post(link, {"mobile_code": code}).status_code == 302


def test_elsewhere_the_link_needs_the_password_and_the_mobiles_code(
    client: Client, terms: TermsVersion, settings: Any
) -> None:
    settings.SMS_GATEWAY_URL = "console:"
    ask(client)
    link = link_in(newest_mail(), "/activate/")
    code = digits(OutgoingSms.objects.get().text)
    assert Client().post(link, {"mobile_code": code, "password": GOOD_PASSWORD}).status_code == 302


def test_a_message_goes_out_even_where_the_address_has_an_account(
    client: Client, noura: Person, terms: TermsVersion, settings: Any
) -> None:
    settings.SMS_GATEWAY_URL = "console:"
    ask(client, email=noura.email)
    assert OutgoingSms.objects.count() == 1


@pytest.mark.network
def test_the_http_gateway_gets_each_message_once(settings: Any) -> None:
    received: list[dict[str, str]] = []

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.append({**body, "token": self.headers["Authorization"]})
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Gateway)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{server.server_port}/send"
        settings.SMS_GATEWAY_TOKEN = "secret"
        OutgoingSms.objects.create(to="+966512345678", text="تواصل: 123456", key="one")
        assert sms.deliver_due_sms() == 1
        assert sms.deliver_due_sms() == 0
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert received == [{"to": "+966512345678", "text": "تواصل: 123456", "token": "Bearer secret"}]


@pytest.mark.network
def test_while_the_gateway_is_down_a_message_waits_and_is_given_up_in_the_end(settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "http://127.0.0.1:9/"
    row = OutgoingSms.objects.create(to="+966512345678", text="123456", key="one")
    moment = clock.now()
    for _attempt in range(5):
        with time_machine.travel(moment, tick=False):
            assert sms.deliver_due_sms() == 0
        moment += timedelta(hours=1)
    row.refresh_from_db()
    assert (row.attempts, row.done_at) == (5, None)
    assert row.last_error.startswith("given up")
    with time_machine.travel(moment, tick=False):
        sms.deliver_due_sms()
    row.refresh_from_db()
    assert row.attempts == 5


def test_a_gateway_of_an_unknown_scheme_is_refused(settings: Any) -> None:
    settings.SMS_GATEWAY_URL = "ftp://gateway.example/"
    with pytest.raises(ValueError, match="SMS_GATEWAY_URL"):
        sms.gateway()

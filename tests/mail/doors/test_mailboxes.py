"""Which mailboxes are fetched from: what the environment says, or a line that names the variable that is wrong."""

import pytest

from tawasul.core import env
from tawasul.mail.doors import mailboxes

PREFIX = "TAWASUL_MAILBOX_SUPPORT"
GOOD = {
    "TAWASUL_MAILBOXES": "support",
    f"{PREFIX}_URL": "imaps://support@registry.example@imap.example.sa/INBOX",
    f"{PREFIX}_PASSWORD": "271828",
}
OAUTH = {
    f"{PREFIX}_PASSWORD": "",
    f"{PREFIX}_OAUTH_TOKEN_URL": "https://login.example/token",
    f"{PREFIX}_OAUTH_CLIENT_ID": "client",
    f"{PREFIX}_OAUTH_CLIENT_SECRET": "keep-this",
}


def read(monkeypatch: pytest.MonkeyPatch, **changed: str) -> tuple[mailboxes.Configured, ...]:
    for name, value in {**GOOD, **changed}.items():
        monkeypatch.setenv(name, value)
    return mailboxes.from_environment()


def test_none_is_configured_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, TAWASUL_MAILBOXES="") == ()


def test_a_mailbox_takes_an_address_and_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    (box,) = read(monkeypatch)
    assert (box.name, box.security, box.host, box.port) == ("support", "imaps", "imap.example.sa", 993)
    assert (box.user, box.password, box.folder) == ("support@registry.example", "271828", "INBOX")
    assert (box.done, box.trouble, box.oauth) == ("Tawasul/Done", "Tawasul/Trouble", None)


def test_names_folders_and_ports_may_be_any(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "imap+starttls://%D8%AF%D8%B9%D9%85%40example.sa@[2001:db8::1]:1143/%D8%A7%D9%84%D9%88%D8%A7%D8%B1%D8%AF"
    (box,) = read(monkeypatch, **{f"{PREFIX}_URL": url, f"{PREFIX}_DONE": "تم"})
    assert (box.user, box.host, box.port) == ("دعم@example.sa", "2001:db8::1", 1143)
    assert (box.folder, box.done) == ("الوارد", "تم")


def test_two_mailboxes_stand_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    found = read(
        monkeypatch,
        TAWASUL_MAILBOXES="support,old-complaints",
        TAWASUL_MAILBOX_OLD_COMPLAINTS_URL="imaps://b@h",
        TAWASUL_MAILBOX_OLD_COMPLAINTS_PASSWORD="x",
    )
    assert [box.name for box in found] == ["support", "old-complaints"]


def test_oauth_takes_the_place_of_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    (box,) = read(monkeypatch, **OAUTH)
    assert box.oauth is not None and box.oauth.refresh_token == ""


def test_no_secret_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "271828" not in repr(read(monkeypatch))
    shown = repr(read(monkeypatch, **OAUTH, **{f"{PREFIX}_OAUTH_REFRESH_TOKEN": "keep-that"}))
    assert "keep-this" not in shown and "keep-that" not in shown


WRONG = {
    "no address": ({f"{PREFIX}_URL": ""}, f"{PREFIX}_URL"),
    "another scheme": ({f"{PREFIX}_URL": "pop3://a@b"}, f"{PREFIX}_URL"),
    "no user": ({f"{PREFIX}_URL": "imaps://b"}, f"{PREFIX}_URL"),
    "no host": ({f"{PREFIX}_URL": "imaps://a@"}, f"{PREFIX}_URL"),
    "no port": ({f"{PREFIX}_URL": "imaps://a@b:x"}, f"{PREFIX}_URL"),
    "a password in the address": ({f"{PREFIX}_URL": "imaps://a:b@c"}, f"{PREFIX}_PASSWORD"),
    "in the clear elsewhere": ({f"{PREFIX}_URL": "imap://a@b"}, f"{PREFIX}_URL"),
    "no password": ({f"{PREFIX}_PASSWORD": ""}, f"{PREFIX}_PASSWORD"),
    "both": ({**OAUTH, f"{PREFIX}_PASSWORD": "x"}, f"{PREFIX}_PASSWORD"),
    "tokens in the clear": (
        {**OAUTH, f"{PREFIX}_OAUTH_TOKEN_URL": "http://login.example/"},
        f"{PREFIX}_OAUTH_TOKEN_URL",
    ),
    "no client": ({**OAUTH, f"{PREFIX}_OAUTH_CLIENT_ID": ""}, f"{PREFIX}_OAUTH_CLIENT_ID"),
    "no secret": ({**OAUTH, f"{PREFIX}_OAUTH_CLIENT_SECRET": ""}, f"{PREFIX}_OAUTH_CLIENT_SECRET"),
    "done where it comes from": ({f"{PREFIX}_DONE": "inbox"}, f"{PREFIX}_DONE"),
    "trouble where it comes from": ({f"{PREFIX}_TROUBLE": "INBOX"}, f"{PREFIX}_TROUBLE"),
    "a name": ({"TAWASUL_MAILBOXES": "Support Desk"}, "TAWASUL_MAILBOXES"),
    "twice": ({"TAWASUL_MAILBOXES": "support,support"}, "TAWASUL_MAILBOXES"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_named(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    changed, named = WRONG[what]
    with pytest.raises(env.BadSetting, match=named) as refused:
        read(monkeypatch, **changed)
    assert "271828" not in str(refused.value)

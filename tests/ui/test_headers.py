"""Every answer carries the policy, and no template needs an exception from it."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOMS = Path(settings.PACKAGE)
INLINE = re.compile(r"""<style|\sstyle=|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\bsrc=)""")


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/ar/", "/en/privacy/", "/ar/no-such-page/", "/", "/ar/admin/login/"])
def test_every_answer_carries_the_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in answer.headers["Permissions-Policy"]


@pytest.mark.django_db
def test_a_page_for_nobody_in_particular_costs_at_most_the_centres_own_settings(
    client: Client, django_assert_max_num_queries: object
) -> None:
    client.get("/ar/")  # the settings and the calendar are remembered for a moment after this
    with django_assert_max_num_queries(0):  # type: ignore[operator]
        client.get("/ar/privacy/")


def templates() -> list[Path]:
    """All pages; mails are not pages, and mail programs know nothing but inline styles."""
    return sorted(
        path
        for path in ROOMS.glob("*/templates/**/*.html")
        if "mail" not in path.relative_to(ROOMS).parts[:1]
    )


@pytest.mark.parametrize("path", templates(), ids=lambda path: str(path.relative_to(ROOMS)))
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    found = INLINE.findall(path.read_text(encoding="utf-8"))
    assert not found, found

"""What a web process changes of Django: where the language, the zone and the addresses of a request are kept."""

import threading
from collections.abc import Iterator
from datetime import UTC

import pytest
from django.urls import base, reverse, set_script_prefix, set_urlconf
from django.utils import timezone, translation
from django.utils.translation import trans_real

from tawasul.config import web


@pytest.fixture
def by_thread(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for module, name in (
        (trans_real, "_active"),
        (timezone, "_active"),
        (base, "_prefixes"),
        (base, "_urlconfs"),
    ):
        monkeypatch.setattr(module, name, getattr(module, name))  # put back at the end
    web._keep_by_thread()
    yield


@pytest.mark.usefixtures("by_thread")
def test_a_language_and_a_zone_are_a_threads_own() -> None:
    seen: list[tuple[str | None, str]] = []

    def elsewhere() -> None:
        seen.append((translation.get_language(), timezone.get_current_timezone_name()))
        translation.activate("en")

    translation.activate("ar")
    with timezone.override(UTC):
        thread = threading.Thread(target=elsewhere)
        thread.start()
        thread.join()
        assert translation.get_language() == "ar"
        assert timezone.get_current_timezone_name() == "UTC"
    assert seen == [("ar", "Asia/Riyadh")]  # the defaults, not those of this thread


@pytest.mark.usefixtures("by_thread")
def test_what_is_overridden_comes_back() -> None:
    translation.activate("ar")
    with translation.override("en"):
        assert reverse("portal:tickets") == "/en/tickets/"
        with translation.override(None):
            assert translation.gettext("Tickets") == "Tickets"
        assert translation.get_language() == "en"
    assert reverse("portal:tickets") == "/ar/tickets/"
    translation.deactivate()
    assert translation.get_language() == "ar"  # the default
    set_script_prefix("/under/")
    try:
        assert reverse("portal:tickets") == "/under/ar/tickets/"
    finally:
        set_script_prefix("/")
    set_urlconf(None)

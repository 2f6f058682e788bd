"""The centre's choices come from the database, cheaply."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError

from tawasul.core import centre
from tawasul.core.models import CentreSettings

pytestmark = pytest.mark.django_db


def test_a_fresh_installation_keeps_the_published_promises() -> None:
    settings = centre.current()
    assert (settings.close_after_hours, settings.warn_before_hours, settings.reopen_days) == (168, 48, 30)
    assert (settings.file_max_bytes, settings.files_max_count, settings.files_max_total) == (
        10 * 2**20,
        10,
        40 * 2**20,
    )


def test_asking_again_within_two_seconds_costs_no_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        for _ in range(50):
            centre.current()


def test_a_change_made_by_another_process_is_seen_after_two_seconds() -> None:
    with time_machine.travel("2026-11-23 08:00:00+00:00", tick=False) as clock:
        assert centre.current().reopen_days == 30
        CentreSettings.objects.update(reopen_days=14)
        clock.shift(timedelta(seconds=2.1))
        assert centre.current().reopen_days == 14


def test_a_database_without_the_row_behaves_like_a_fresh_one() -> None:
    CentreSettings.objects.all().delete()
    assert centre.current().close_after_hours == 168


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("warn_before_hours", {"close_after_hours": 48, "warn_before_hours": 48}),
        ("files_max_megabytes", {"file_max_megabytes": 20, "files_max_megabytes": 10}),
        ("close_after_hours", {"close_after_hours": 0, "warn_before_hours": 0}),
    ],
)
def test_settings_that_contradict_each_other_are_refused(field: str, values: dict[str, int]) -> None:
    with pytest.raises(ValidationError) as caught:
        CentreSettings(pk=1, **values).full_clean(validate_unique=False)
    assert field in caught.value.message_dict

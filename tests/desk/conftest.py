"""Staff work at the desk without a second step here, except where a test asks for it."""

from typing import Any

import pytest


@pytest.fixture(autouse=True)
def _one_step_is_enough(settings: Any) -> None:
    settings.STAFF_NEED_TWO_STEPS = False

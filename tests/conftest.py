"""One small named world, frozen time where a test asks for it, and no network."""

from collections.abc import Iterator

import pytest

from tawasul.core import centre


@pytest.fixture(autouse=True)
def _the_centre_is_asked_anew() -> Iterator[None]:
    """No test sees the settings that another one's rolled-back transaction left in the process."""
    centre.forget()
    yield
    centre.forget()

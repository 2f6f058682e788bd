"""Static files under names that carry their hash, compressed once, so that browsers keep them for ever."""

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Tolerates a style sheet that names a vendor file which could not be fetched: the page falls back on its own."""

    manifest_strict = False
    # A module of ours names the hashed file of another one that it imports; those of packages name what is not there.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("desk/*.js", ((r"""(?P<matched>from "(?P<url>\./[^"]+)")""", 'from "%(url)s"'),)),
    )

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """As the parent's. Raises ValueError for a missing file of ours, never for a missing vendor file."""
        try:
            return str(super().hashed_name(name, content, filename))
        except ValueError:
            if name.lstrip("/").startswith("vendor/"):
                return name
            raise

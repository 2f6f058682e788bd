"""The design tokens hold in both themes, and stylesheets know no left or right."""

import re
from pathlib import Path

import pytest
from django.conf import settings

CSS = Path(settings.PACKAGE) / "ui" / "static" / "ui"
PHYSICAL = re.compile(
    r"(?<![-\w])(margin|padding|border)-(left|right|top|bottom)\b|(?<![-\w])(left|right|top|bottom)\s*:"
    r"|(?<![-\w])(width|height|min-width|max-width|min-height|max-height)\s*:|text-align:\s*(left|right)|float:"
)
MEDIA = re.compile(r"@(media|container)[^{]*")


def block(text: str, opener: str) -> dict[str, str]:
    start = text.index("{", text.index(opener)) + 1
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", text[start : text.index("}", start)]))


@pytest.fixture(scope="module")
def tokens() -> str:
    return (CSS / "tokens.css").read_text(encoding="utf-8")


def test_the_dark_values_are_the_same_in_both_places(tokens: str) -> None:
    by_system = block(tokens, ':root:not([data-theme="light"])')
    by_choice = block(tokens, ':root[data-theme="dark"]')
    assert by_system == by_choice
    assert len(by_system) > 25


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


READ = [
    ("ink", "paper", 7), ("ink-2", "paper", 7), ("ink-3", "paper", 4.5), ("ink-3", "tint", 4.5), ("ink", "sheet", 7),
    ("green-strong", "paper", 4.5), ("green-strong", "green-wash", 4.5), ("on-green", "green", 4.5),
    ("error", "paper", 4.5), ("error", "error-wash", 4.5), ("warn", "warn-wash", 4.5), ("info", "info-wash", 4.5),
    ("note-ink", "note", 4.5), ("ink", "note", 7), ("ink-3", "stub", 4.5), ("line-strong", "paper", 3),
    ("line-strong", "sheet", 3), ("green-line", "paper", 3), ("ring", "paper", 3), ("on-bar", "bar", 7),
]  # fmt: skip


@pytest.mark.parametrize("theme", [":root {", ':root[data-theme="dark"]'])
@pytest.mark.parametrize(("ink", "ground", "least"), READ)
def test_words_and_marks_stand_out(tokens: str, theme: str, ink: str, ground: str, least: float) -> None:
    values = block(tokens, theme)
    assert contrast(values[f"--{ink}"], values[f"--{ground}"]) >= least


@pytest.mark.parametrize(
    "path", sorted(Path(settings.PACKAGE).glob("*/static/*/*.css")), ids=lambda path: path.name
)
def test_stylesheets_know_no_left_or_right(path: Path) -> None:
    if "vendor" in path.parts or "admin" in path.name:
        pytest.skip("not ours")
    text = MEDIA.sub(
        "@rule ", re.sub(r"/\*.*?\*/|@page[^}]*}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    )
    assert not [found.group() for found in PHYSICAL.finditer(text)]


def test_our_scripts_stay_small() -> None:
    scripts = list(CSS.glob("*.js"))
    assert scripts
    assert sum(path.stat().st_size for path in scripts) < 20_000

"""Front-end assets: what is fetched is small, and what cannot be fetched breaks no page."""

import json
from pathlib import Path

import pytest

from tawasul.config import assets
from tawasul.ui import icons


@pytest.fixture
def vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(assets, "VENDOR", tmp_path / "vendor")
    return tmp_path / "vendor"


def test_without_npm_there_is_htmx_and_the_next_start_tries_again(
    vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> list[str]:
        raise assets.AssetsFailed("npm is not installed")

    monkeypatch.setattr(assets, "_npm", none)
    line = assets.prepare()
    assert "system fonts" in line
    assert "npm is not installed" in line
    assert b"htmx" in (vendor / "htmx.min.js").read_bytes()
    assert not (vendor / ".stamp").exists()


def test_assets_that_are_up_to_date_are_not_fetched_again(
    vendor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor.mkdir()
    (vendor / ".stamp").write_text(assets.wanted())
    monkeypatch.setattr(assets, "_npm", lambda: pytest.fail("npm was asked"))
    assert assets.prepare() == ""


def packages(folder: Path, names: list[str]) -> Path:
    icons_folder = folder / "lucide-static" / "icons"
    icons_folder.mkdir(parents=True)
    for name in names:
        (icons_folder / f"{name}.svg").write_text(
            f'<!-- @license -->\n<svg\n class="{name}"\n>\n  <path d="M1 1" />\n</svg>\n'
        )
    return folder


def test_only_the_listed_icons_are_kept_and_only_their_shapes(
    vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "icons.txt"
    listed.write_text("# a comment\nlock\n\nsend\n")
    monkeypatch.setattr(assets, "ICONS", listed)
    assets._icons(packages(tmp_path, ["lock", "send", "bell"]))
    assert json.loads((vendor / "icons.json").read_text()) == {
        "lock": '<path d="M1 1" />',
        "send": '<path d="M1 1" />',
    }


def test_an_icon_that_does_not_exist_is_named(
    vendor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = tmp_path / "icons.txt"
    listed.write_text("lokc\n")
    monkeypatch.setattr(assets, "ICONS", listed)
    with pytest.raises(assets.AssetsFailed, match="lokc"):
        assets._icons(packages(tmp_path, ["lock"]))


fetched = pytest.mark.skipif(
    not (assets.VENDOR / ".stamp").exists(), reason="the assets were not fetched here"
)


@fetched
def test_two_weights_of_the_typeface_stay_below_45_kb_each() -> None:
    for weight in assets.WEIGHTS:
        files = [
            assets.VENDOR / "fonts" / f"plex-arabic-{weight}-{script}.woff2" for script in assets.SCRIPTS
        ]
        assert sum(path.stat().st_size for path in files) <= 48_000


@fetched
def test_the_cut_typeface_holds_and_joins_arabic() -> None:
    from fontTools.ttLib import TTFont

    with TTFont(assets.VENDOR / "fonts" / "plex-arabic-400-arabic.woff2") as font:
        held = font.getBestCmap()
        joined = {record.FeatureTag for record in font["GSUB"].table.FeatureList.FeatureRecord}
    assert {ord(letter) for letter in "تواصل،؟ـًٌَُِّ٠١٩ةىئؤإأآ"} <= held.keys()
    assert {"init", "medi", "fina", "rlig"} <= joined
    with TTFont(assets.VENDOR / "fonts" / "plex-arabic-600-latin.woff2") as font:
        assert {ord(letter) for letter in "Tawasul 4829-1736 – é …«»"} <= font.getBestCmap().keys()


@fetched
def test_every_listed_icon_was_fetched() -> None:
    listed = {line.strip() for line in assets.ICONS.read_text().splitlines()} - {""}
    names = {name for name in listed if not name.startswith("#")}
    assert names == set(json.loads((assets.VENDOR / "icons.json").read_text()))
    assert str(icons.icon("lock")).startswith("<svg")


def test_the_style_sheet_and_the_cutter_name_the_same_ranges() -> None:
    sheet = (assets.UI / "static" / "ui" / "fonts.css").read_text().replace(" ", "")
    for script, ranges in assets.SCRIPTS.items():
        for weight in assets.WEIGHTS:
            line = next(line for line in sheet.splitlines() if f"plex-arabic-{weight}-{script}" in line)
            assert f"unicode-range:{ranges};" in line

"""The demo keeps to its own folder."""

import os
from pathlib import Path

import pytest

from tawasul.config.commands import demo


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert demo.run([*arguments, "--port", "0"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("fresh", [[], ["--fresh"]], ids=["as it is", "fresh"])
def test_a_folder_with_data_that_the_demo_did_not_make_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fresh: list[str]
) -> None:
    real = tmp_path / "tawasul.sqlite3"
    real.write_bytes(b"real")
    said = refused(["--data", str(tmp_path), *fresh], capsys)
    assert "data that the demo did not make" in said
    assert list(tmp_path.iterdir()) == [real]
    assert real.read_bytes() == b"real"


def test_two_demos_do_not_share_a_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with demo._owned(tmp_path, fresh=False):
        assert "running in" in refused(["--data", str(tmp_path)], capsys)


def test_fresh_empties_the_demos_own_folder_only(tmp_path: Path) -> None:
    own, elsewhere = tmp_path / "own", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    with demo._owned(own, fresh=False):
        (own / "files" / "ab").mkdir(parents=True)
        (own / "tawasul.sqlite3").touch()
        (own / "link").symlink_to(elsewhere)
    with demo._owned(own, fresh=True):
        assert [path.name for path in own.iterdir()] == [demo.MARKER]
    assert (elsewhere / "kept").exists()


def test_a_port_that_was_asked_for_and_is_taken_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tawasul.config import web

    listener = web.listen("127.0.0.1", 0)
    port = str(listener.getsockname()[1])
    assert demo.run(["--data", str(tmp_path / "d"), "--port", port]) == 1
    listener.close()
    assert f"port {port}" in capsys.readouterr().err
    assert not (tmp_path / "d").exists()
    assert "TAWASUL_DEMO" not in os.environ

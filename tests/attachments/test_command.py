"""``tawasul files check``: one JSON line a file, whatever is behind the path."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import tawasul
from tests.attachments import making

SOURCE = Path(tawasul.__file__).resolve().parents[1]


def check(*paths: str | bytes, cwd: Path) -> list[dict[str, Any]]:
    """Run the command as a process of its own, without settings or a database, and read its lines."""
    done = subprocess.run(
        [sys.executable, "-m", "tawasul.attachments.check_command", *paths],
        capture_output=True,
        cwd=cwd,
        env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_every_path_gets_its_line_in_order(tmp_path: Path) -> None:
    (tmp_path / "صورة.png").write_bytes(making.real("png"))
    (tmp_path / "page.TIF").write_bytes(making.real("tiff"))
    (tmp_path / "letter.pdf").write_bytes(making.zip_of("word/document.xml"))
    (tmp_path / "empty.gif").touch()
    lines = check("صورة.png", "page.TIF", "letter.pdf", "empty.gif", cwd=tmp_path)
    assert [line["path"] for line in lines] == ["صورة.png", "page.TIF", "letter.pdf", "empty.gif"]
    assert [(line["accepted"], line["type"]) for line in lines] == [
        (True, "png"), (True, "tiff"), (False, None), (False, None),
    ]  # fmt: skip
    assert [list(line) for line in lines] == [["path", "accepted", "type", "reason"]] * 4
    assert lines[0]["reason"] is None
    assert "DOCX" in lines[2]["reason"]
    assert "0 bytes" in lines[3]["reason"]


def test_paths_that_are_no_files_get_a_line_too(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "loop.png").symlink_to("loop.png")
    raw = b"\xff\xfe.png"
    (tmp_path / os.fsdecode(raw)).write_bytes(making.real("png"))
    lines = check("missing.png", "pipe.png", "folder.png", "loop.png", "/dev/zero", raw, cwd=tmp_path)
    assert [line["accepted"] for line in lines] == [False] * 5 + [True]
    assert all(line["reason"] for line in lines[:5])


def test_words_after_a_double_dash_are_paths(tmp_path: Path) -> None:
    (tmp_path / "-h.png").write_bytes(making.real("png"))
    assert [line["accepted"] for line in check("--", "-h.png", cwd=tmp_path)] == [True]


def test_a_bomb_is_answered_within_ten_seconds(tmp_path: Path) -> None:
    (tmp_path / "bomb.jpg").write_bytes(making.scan_bomb())
    began = time.monotonic()
    assert [line["accepted"] for line in check("bomb.jpg", cwd=tmp_path)] == [False]
    assert time.monotonic() - began < 10


def test_several_at_a_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    names = []
    for number in range(12):
        names.append(f"{number}.png")
        (tmp_path / names[-1]).write_bytes(making.real("png" if number % 3 else "jpg"))
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tawasul.attachments.check_command", *names],
            stdout=subprocess.PIPE,
            cwd=tmp_path,
            env={"PYTHONPATH": str(SOURCE), "PATH": os.environ["PATH"]},
        )
        for _ in range(3)
    ]
    for process in running:
        out = process.communicate(timeout=60)[0]
        assert [json.loads(line)["accepted"] for line in out.splitlines()] == [n % 3 != 0 for n in range(12)]

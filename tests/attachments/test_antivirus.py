"""An optional scanner: what it finds is refused, and without its answer nothing is taken."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tawasul.attachments import actions
from tawasul.attachments.models import StoredFile
from tests.attachments import making
from tests.attachments.conftest import Upload

pytestmark = pytest.mark.django_db

Scanner = Callable[[bytes], "list[bytes]"]


@pytest.fixture
def scanner(tmp_path: Path, settings: Any) -> Iterator[Scanner]:
    """Starts a stand-in for clamd that reads one stream and gives the answer; returns what it was sent."""
    listener = socket.socket(socket.AF_UNIX)
    settings.CLAMD = str(tmp_path / "clamd.ctl")
    listener.bind(settings.CLAMD)
    listener.listen()
    threads = []

    def start(answer: bytes) -> list[bytes]:
        got: list[bytes] = []

        def serve() -> None:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while length := struct.unpack(">I", stream.read(4))[0]:
                    got.append(stream.read(length))
                connection.sendall(answer)

        threads.append(threading.Thread(target=serve))
        threads[-1].start()
        return got

    yield start
    for thread in threads:
        thread.join(5)
    listener.close()


def test_a_clean_file_is_kept_and_was_scanned_whole(scanner: Scanner, shelves: Path, upload: Upload) -> None:
    got = scanner(b"stream: OK\0")
    content = making.real("png")
    actions.store(upload(content), by=None)
    assert b"".join(got) == content


def test_an_infected_file_is_refused_by_name(scanner: Scanner, shelves: Path, upload: Upload) -> None:
    scanner(b"stream: Eicar-Test-Signature FOUND\0")
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(making.real("pdf"), "a.pdf"), by=None)
    assert no.value.code == "infected"
    assert "Eicar-Test-Signature" in no.value.reason
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_without_a_clear_answer_nothing_is_taken(
    answer: bytes, scanner: Scanner, shelves: Path, upload: Upload
) -> None:
    scanner(answer)
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(making.real("png")), by=None)
    assert no.value.code == "scanner_down"


def test_a_scanner_that_is_away_refuses_for_now(
    tmp_path: Path, settings: Any, shelves: Path, upload: Upload
) -> None:
    settings.CLAMD = str(tmp_path / "nobody.ctl")
    with pytest.raises(actions.Refused) as no:
        actions.store(upload(making.real("png")), by=None)
    assert no.value.code == "scanner_down"

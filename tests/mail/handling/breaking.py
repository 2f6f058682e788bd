"""A reader's process that a mail can break in every way: the first word of the mail says how."""

import os
import time
from typing import Any

from tawasul.attachments import forks
from tawasul.mail.handling import child


def work(raw: bytes, job: dict[str, Any], answer: forks.Answer) -> None:
    """Break, or read the mail as ever."""
    word = raw.split(b"\r\n\r\n", 1)[-1].split(b" ")[0].strip()
    if word == b"hang":
        while True:
            time.sleep(1)
    if word == b"die":
        os._exit(3)
    if word == b"fill":
        hoard = [bytearray(2**20)]
        while True:
            hoard.append(bytearray(2**24))
    if word == b"raise":
        raise RuntimeError("no answer at all")
    child.work(raw, job, answer)


if __name__ == "__main__":
    forks.serve(work, memory=child.MEMORY)

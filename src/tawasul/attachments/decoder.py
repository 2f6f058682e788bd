"""The decoder: a small process beside the web process, in which the decoding libraries look at files that came in.

``python -m tawasul.attachments.decoder FD`` serves jobs on the socket FD; ``forks`` says how.
"""

import signal
from typing import Any, Final

from tawasul.attachments import drawing, examine, forks

MEMORY: Final = 400 * 2**20  # bytes of address space a child may map; with its parents it stays below 512 MiB


def work(data: bytes, job: dict[str, Any], answer: forks.Answer) -> None:
    """Examine or draw one file."""
    if job["verb"] == "examine":
        answer(examine.examine(data, job["kind"], max_pixels=job["max_pixels"]), b"")
        return
    for note, picture in drawing.draw(data, job["kind"], **job["options"]):
        signal.alarm(int(job["seconds"]))  # the time is for each page
        answer(note, picture)


if __name__ == "__main__":
    drawing.warm()
    forks.serve(work, memory=MEMORY)

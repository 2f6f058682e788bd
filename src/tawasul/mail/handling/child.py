"""The reader's process: ``python -m tawasul.mail.handling.child FD`` reads mails, each in a limited fork.

What comes back is one frame with the reading, one for each file's content, and a last one: without it, the mail broke
the child. A fault that the child lives to tell is told by its code.
"""

from typing import Any, Final

from tawasul.attachments import forks
from tawasul.mail.handling import reading

MEMORY: Final = 500 * 2**20  # bytes of address space for one mail


def work(raw: bytes, job: dict[str, Any], answer: forks.Answer) -> None:
    """Read one mail."""
    try:
        read = reading.of(raw)
        note = reading.as_note(read)
    except MemoryError:
        answer({"broken": "too_much_memory"}, b"")
        return
    except Exception as problem:  # noqa: BLE001 - the kind of fault is what staff will want to report
        answer({"broken": "reader_broke", "what": f"{type(problem).__name__}: {problem}"[:500]}, b"")
        return
    answer({"reading": note}, b"")
    for file in read.files:
        answer({}, file.content)
    answer({"end": True}, b"")


if __name__ == "__main__":
    forks.serve(work, memory=MEMORY)

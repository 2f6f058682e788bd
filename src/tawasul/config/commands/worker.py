"""``tawasul worker``: reactions, mail, previews and the schedule. As many as wanted may run."""

import argparse
import os

from tawasul.config import preparation
from tawasul.config.processes import stop_event


def run(arguments: list[str]) -> int:
    """Work until SIGTERM or Ctrl-C; the piece of work under way is finished first."""
    parser = argparse.ArgumentParser("tawasul worker", description=__doc__)
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data, or TAWASUL_DATA)")
    parser.parse_args(arguments)
    preparation.prepare()
    work()
    return 0


def work() -> None:
    """The loop itself, in a process that has Django set up."""
    from tawasul.reactions import worker

    os.nice(5)  # where the processors are busy, pages come first
    worker.run(stop_event())

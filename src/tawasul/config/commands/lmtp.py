"""``tawasul lmtp``: takes mail from Postfix or Exim over LMTP and stores it before saying so."""

import argparse
import logging
import sys
from pathlib import Path

from tawasul.config import preparation
from tawasul.config.processes import stop_event


def run(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C, then store what is under way. 1 where it cannot listen."""
    parser = argparse.ArgumentParser("tawasul lmtp", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8024, help="port to listen on (8024)")
    parser.add_argument("--socket", type=Path, metavar="PATH", help="listen on a UNIX socket instead")
    parser.add_argument(
        "--mode", type=lambda text: int(text, 8), default=0o660, help="who may connect to it, in octal (660)"
    )
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data, or TAWASUL_DATA)")
    options = parser.parse_args(arguments)
    preparation.tables()
    preparation.let_go()

    from tawasul.core import outgoing
    from tawasul.mail.doors import lmtp

    place = lmtp.Place(options.host, options.port, options.socket, options.mode)
    where = str(place.path) if place.path else f"{place.host} port {place.port}"
    log = logging.getLogger(lmtp.__name__)
    if place.path is None and not outgoing.is_loopback(place.host):
        log.warning("whoever reaches %s may hand in mail: LMTP knows no password", where)
    try:
        log.info("mail is taken on %s", where)
        lmtp.run(place, stop_event())
    except OSError as problem:
        print(f"tawasul lmtp: cannot listen on {where}: {problem.strerror or problem}", file=sys.stderr)
        return 1
    return 0

"""``tawasul serve``: the production web server. ``tawasul worker`` runs beside it."""

import argparse
import sys

from tawasul.config import preparation, web
from tawasul.config.processes import Family


def run(arguments: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C, then finish what is under way. 1 when the port is taken."""
    parser = argparse.ArgumentParser("tawasul serve", description=__doc__)
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (127.0.0.1); 0.0.0.0 or :: for all"
    )
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (8000)")
    parser.add_argument("--workers", type=int, default=2, help="web processes (2); about one a core")
    parser.add_argument(
        "--threads", type=int, default=4, help="requests worked on at once in each process (4)"
    )
    parser.add_argument("--data", metavar="DIR", help="the data folder (./data, or TAWASUL_DATA)")
    options = parser.parse_args(arguments)
    try:
        listener = web.listen(options.host, options.port)
    except OSError as problem:
        print(
            f"tawasul serve: cannot listen on {options.host} port {options.port}: {problem.strerror}",
            file=sys.stderr,
        )
        return 1
    preparation.prepare()
    wsgi = web.application()
    preparation.let_go()
    family = Family()
    for number in range(1, max(1, options.workers) + 1):
        family.add(f"web {number}", web.worker(listener, wsgi, threads=max(1, options.threads)))
    host, port = listener.getsockname()[:2]
    where = f"[{host}]" if ":" in host else host
    return family.run(ready=lambda: print(f"Tawasul answers on http://{where}:{port}/", flush=True))

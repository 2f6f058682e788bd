"""A web process: uvicorn on uvloop around Django, on a socket that the parent opened."""

import contextlib
import gc
import ipaddress
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any


def listen(host: str, port: int) -> socket.socket:
    """A listening socket that every web process accepts from. Port 0 takes a free one. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if host == "::":
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def application() -> Any:
    """Django's WSGI application, warmed: what the first visitor would wait for is done before."""
    from tawasul.config.wsgi import application as wsgi

    _keep_by_thread()
    _warm()
    return wsgi


def _keep_by_thread() -> None:
    """Keep the active language, time zone and addresses in Python's own locals.

    Django keeps them where asyncio finds them, too. Here requests are answered on threads alone, and a page asks some
    two hundred times: asking Python's own is twenty times as fast, a seventh of a list's whole time.
    """
    from django.urls import base
    from django.utils import timezone
    from django.utils.translation import trans_real

    for module, name in (
        (trans_real, "_active"),
        (timezone, "_active"),
        (base, "_prefixes"),
        (base, "_urlconfs"),
    ):
        getattr(module, name)  # AttributeError here, should Django rename it
        setattr(module, name, threading.local())


def _warm() -> None:
    """Resolve the addresses and compile the templates once, in the parent, for all its children."""
    from django.conf import settings
    from django.template import engines
    from django.urls import get_resolver
    from django.utils import translation
    from django.utils.translation import trans_real
    from jinja2 import TemplateError

    get_resolver().url_patterns  # noqa: B018
    for language, _ in settings.LANGUAGES:
        trans_real.translation(language)  # reads the catalogues
        with translation.override(language):
            get_resolver()._populate()
    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".html")):
        # A page that cannot be made fails alone, when it is asked for.
        with contextlib.suppress(TemplateError):
            environment.get_template(name)


def worker(listener: socket.socket, wsgi: Any, *, threads: int) -> Callable[[], None]:
    """What one web process does until SIGTERM: then it finishes the requests it has and returns."""

    def run() -> None:
        import uvicorn
        from django.conf import settings

        from tawasul.config import databases
        from tawasul.config.asgi import Front
        from tawasul.core import env
        from tawasul.live.hub import hub

        class Server(uvicorn.Server):
            def handle_exit(self, sig: int, frame: FrameType | None) -> None:
                hub().close()  # streams have no end of their own to wait for
                super().handle_exit(sig, frame)

        front = Front(
            wsgi,
            most_bytes=settings.REQUEST_MAX_BYTES,
            threads=threads,
            host=settings.ALLOWED_HOSTS[0],
        )
        config = uvicorn.Config(
            front,
            loop="uvloop",
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=env.flag("TAWASUL_BEHIND_PROXY", False),
            forwarded_allow_ips=proxies(),
            timeout_keep_alive=20,
            timeout_graceful_shutdown=25,
            backlog=2048,
        )
        logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
        server = Server(config)
        # Ours from here on, not only from uvicorn's start to its end: it raises what it heard once more at the end,
        # and a signal that came before its start would be lost.
        signal.signal(signal.SIGTERM, server.handle_exit)
        signal.signal(signal.SIGINT, server.handle_exit)
        gc.freeze()  # what the parent made is never garbage: leave it out of every collection
        gc.set_threshold(20_000, 20, 50)
        if settings.DATABASES["default"]["ENGINE"] == databases.SQLITE:
            # A thread that comes back from the database waits this long for one that computes (Python's own is ten
            # times as long), and may hold the only write lock meanwhile. PostgreSQL has no such lock, and there the
            # more frequent changes of threads cost an eighth of all requests and more.
            sys.setswitchinterval(0.0005)
        server.run(sockets=[listener])

    return run


def proxies() -> list[str]:
    """Addresses and networks whose X-Forwarded-For is believed: TAWASUL_PROXIES. Raises BadSetting."""
    from tawasul.core import env

    found = env.words("TAWASUL_PROXIES", "127.0.0.1,::1")
    for word in found:
        try:
            ipaddress.ip_network(word)
        except ValueError:
            raise env.BadSetting(f"TAWASUL_PROXIES holds {word!r}, which is no address or network") from None
    return found

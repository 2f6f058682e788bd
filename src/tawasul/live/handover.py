"""How an answer leaves the threads: the front offers it in the WSGI environment, and a view may take it.

The view answers with its headers and puts a coroutine function of ``receive`` and ``send`` at ``HANDOVER``; the front
sends the headers and runs it on the event loop, so that an answer that goes on for hours holds no thread. Where the key
is missing, whoever serves cannot do so.
"""

from collections.abc import Awaitable, Callable
from typing import Any

HANDOVER = "tawasul.handover"

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Taken = Callable[[Receive, Send], Awaitable[None]]

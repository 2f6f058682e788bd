"""What stands in the log: nothing that opens a door."""

import logging
import re

# In addresses: 256-bit tokens of mailed links, keys of account requests, Django's password-reset keys.
_SECRET = re.compile(r"(?<=[/=])[A-Za-z0-9_-]{40,}|(?<=/password/reset/key/)[^/\s?]+")
HIDDEN = "…"


class HideTokens(logging.Filter):
    """Takes the tokens out of addresses: a warning about a form sent through a personal link must not hand out the
    link to whoever reads the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.msg, str):
            record.msg = hidden(record.msg)
        if isinstance(record.args, tuple):
            record.args = tuple(hidden(arg) if isinstance(arg, str) else arg for arg in record.args)
        return True


def hidden(text: str) -> str:
    """The text with every token of an address in it replaced."""
    return _SECRET.sub(HIDDEN, text)

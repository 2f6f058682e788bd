"""Domain names: NFC, ideographic full stop, IDNA 2008, and the registry's own label rules on top."""

import unicodedata
from urllib.parse import urlsplit

import idna


def to_ascii_host(host: str) -> str:
    """A host name in A-label form; what is not a domain name (``*``, an address) is returned as it stands."""
    if host.startswith((".", "*", "[")) or host.isascii():
        return host.lower()
    return idna.encode(unicodedata.normalize("NFC", host), uts46=True).decode().lower()


def host_of(url: str) -> str:
    """The host name of an absolute URL, as written there, without port; empty where there is none."""
    return urlsplit(url).hostname or ""

"""Limits for strangers: counted in the database, so they hold across processes and restarts."""

import ipaddress
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest

from tawasul.core import clock
from tawasul.core.tokens import keyed_hash
from tawasul.portal.models import Tally

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def spend(what: str, subject: str, *, most: int, per: timedelta) -> bool:
    """Count one more ``what`` of ``subject`` in this window of ``per``; False where ``most`` were counted already.

    The counting is one conditional statement, so two requests never share the last one that is left. The subject
    (an address, a network) is kept only as a keyed hash.
    """
    now = clock.now()
    start = datetime.fromtimestamp(now.timestamp() // per.total_seconds() * per.total_seconds(), tz=UTC)
    key = keyed_hash(f"{what}\0{subject}\0{per.total_seconds():.0f}", salt="tally")
    left = Tally.objects.filter(what=key, window=start, count__lt=most)
    if left.update(count=F("count") + 1):
        return True
    if most < 1:
        return False
    try:
        with transaction.atomic():
            Tally.objects.create(what=key, window=start)
    except IntegrityError:  # another request was first, or the limit is reached: the condition says which
        return bool(left.update(count=F("count") + 1))
    Tally.objects.filter(window__lt=now - 2 * DAY).delete()
    return True


def network_of(request: HttpRequest) -> str:
    """The requester's network: the /64 of an IPv6 address, the address itself of IPv4.

    X-Forwarded-For is not read here, as it is anyone's to write: the server has put in REMOTE_ADDR what a trusted
    proxy (TAWASUL_PROXIES) said, and nobody else.
    """
    raw = str(request.META.get("REMOTE_ADDR", ""))
    try:
        address = ipaddress.ip_address(raw)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)

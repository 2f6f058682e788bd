"""A mail of ours that came back: the ledger's row of it, and what is known of the address."""

from tawasul.accounts.models import address_key
from tawasul.core import clock
from tawasul.core.addresses import BadAddress, parse_address
from tawasul.mail.handling.reading import Reading
from tawasul.mail.models import AddressState, Bounce, OutgoingMail


def mark(about: OutgoingMail, reading: Reading) -> None:
    """Say on the mail and on its address that it came back, for good or for now. The address is the one we wrote to:
    what the report names may be another, to which the mail was passed on.

    What is for good stays so; a report that does not say is taken as for now. Call it in a transaction.
    """
    now = clock.now()
    said = Bounce.PERMANENT if reading.permanence == Bounce.PERMANENT else Bounce.TEMPORARY
    row = OutgoingMail.objects.select_for_update().get(pk=about.pk)
    if row.bounce != Bounce.PERMANENT:
        OutgoingMail.objects.filter(pk=row.pk).update(
            bounce=said, bounced_at=now, settled_at=None, settled_by=None
        )  # whoever saw to it before saw less
    state, made = AddressState.objects.select_for_update().get_or_create(
        address=key_of(row.to_address),
        defaults={"bounce": said, "since": now, "at": now, "reason": reading.words, "mail": row},
    )
    if made:
        return
    if state.bounce != Bounce.PERMANENT:
        state.bounce = said
    elif said != Bounce.PERMANENT:
        return
    state.at, state.reason, state.mail = now, reading.words, row
    state.save(update_fields=["bounce", "at", "reason", "mail"])


def key_of(address: str) -> str:
    """The form in which AddressState keeps an address."""
    try:
        return parse_address(address).key
    except BadAddress:
        return address_key(address)

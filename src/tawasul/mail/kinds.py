"""Every kind of mail the portal sends, in one literal table. Each has a folder ``templates/mail/<kind>/``."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of mail may be written and threaded.

    ``known``: the address is proved to belong to the person, so the mail may name them and carry what they
    wrote. Any other mail could be made to reach somebody else by typing their address into a form; it says
    nothing that was typed there, neither in its text nor in its headers.
    ``opens_thread``: the ticket's first mail, to which every later one refers.
    ``private``: it carries a link or code that opens an account or proves an address. The ledger shows it to nobody,
    and it is never sent to another address: staff could otherwise enter in somebody else's name.
    ``unasked``: somebody else can cause it by writing under the recipient's address, so the recipient can end it.
    ``to_staff``: about a ticket, for a member of staff. A reply to it finds its ticket by no token, so that it is no
    answer to the customer, and the ticket's page does not list it.
    """

    known: bool = False
    opens_thread: bool = False
    private: bool = False
    unasked: bool = False
    to_staff: bool = False


KINDS: dict[str, Kind] = {
    # tickets: the address of an account, or one that its owner confirmed
    "ticket_opened": Kind(opens_thread=True),
    "guest_link": Kind(private=True),
    "answer": Kind(known=True),
    "on_hold": Kind(known=True),
    "close_warning": Kind(known=True),
    "closed": Kind(known=True),
    "reopened": Kind(known=True),
    "participant_added": Kind(known=True),  # staff vouch for the address
    # the direct form, before the address is confirmed
    "direct_confirm": Kind(private=True),
    # a mail from a new address, before that is confirmed
    "mail_confirm": Kind(private=True, unasked=True),
    # accounts
    "account_activate": Kind(private=True),
    "account_exists": Kind(),
    "unknown_account": Kind(),
    "password_reset": Kind(known=True, private=True),
    "password_changed": Kind(known=True),
    "email_change_confirm": Kind(private=True),
    "email_changed": Kind(known=True),
    "new_device": Kind(known=True),
    "login_code": Kind(known=True, private=True),
    "generic": Kind(known=True),
    # members of staff
    "staff_notice": Kind(known=True, to_staff=True),
    # several things at once; private, because it may name tickets of teams that are closed to who reads the ledger
    "staff_notices": Kind(known=True, to_staff=True, private=True),
}
TO_STAFF: tuple[str, ...] = tuple(name for name, kind in KINDS.items() if kind.to_staff)

NAMES: dict[str, str | Promise] = {
    "ticket_opened": _("Receipt of a ticket"),
    "answer": _("Answer to a ticket"),
    "on_hold": _("A ticket waits for another party"),
    "close_warning": _("A ticket closes soon"),
    "closed": _("A ticket was closed"),
    "reopened": _("A ticket is open again"),
    "participant_added": _("Somebody takes part in a ticket"),
    "guest_link": _("New link to a ticket"),
    "direct_confirm": _("Confirmation for the direct form"),
    "mail_confirm": _("Confirmation for an e-mail from a new address"),
    "account_activate": _("Activation of an account"),
    "account_exists": _("The account exists already"),
    "unknown_account": _("No account with this address"),
    "password_reset": _("A new password"),
    "password_changed": _("The password was changed"),
    "email_change_confirm": _("Confirmation of a new address"),
    "email_changed": _("The address was changed"),
    "new_device": _("Sign-in from a new device"),
    "login_code": _("Sign-in code"),
    "generic": _("Notice about an account"),
    "staff_notice": _("Notice to a member of staff"),
    "staff_notices": _("Several notices to a member of staff"),
}


def editable() -> list[tuple[str, str | Promise]]:
    """The kinds whose words the centre may replace, with their names. Not those that are really several mails (the
    change of an address) or have no words of their own (the notices)."""
    built_in = {"email_change_confirm", "generic", *TO_STAFF}
    return [(kind, name) for kind, name in NAMES.items() if kind not in built_in]

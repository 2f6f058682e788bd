"""Every kind of mail the portal sends, in one literal table. Each has a folder ``templates/mail/<kind>/``."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of mail may be written and threaded.

    ``known``: the address is proved to belong to the person, so the mail may name them and carry what they
    wrote. Any other mail could be made to reach somebody else by typing their address into a form; it says
    nothing that was typed there, neither in its text nor in its headers.
    ``opens_thread``: the ticket's first mail, to which every later one refers.
    ``private``: it carries a link or code that opens an account or proves an address. The ledger shows it to nobody,
    and it is never sent to another address: staff could otherwise enter in somebody else's name.
    """

    known: bool = False
    opens_thread: bool = False
    private: bool = False


KINDS: dict[str, Kind] = {
    # tickets: the address of an account, or one that its owner confirmed
    "ticket_opened": Kind(opens_thread=True),
    "guest_link": Kind(private=True),
    "answer": Kind(known=True),
    "on_hold": Kind(known=True),
    "close_warning": Kind(known=True),
    "closed": Kind(known=True),
    "reopened": Kind(known=True),
    # the direct form, before the address is confirmed
    "direct_confirm": Kind(private=True),
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
}

"""Why a mail waits or failed, in words for staff. The deliverer writes the codes."""

from typing import Final

from django.utils.translation import gettext

from tawasul.core.text import isolate

WITHDRAWN: Final = "withdrawn"  # the code of a mail whose receiver left the ticket while it waited


def in_words(error: str, reply: str) -> str:
    """The reason in the active language, and the mail server's own words after it; empty where all is well.

    ``error`` is ``code`` or ``code: details``; ``reply`` is in whatever language the server speaks.
    """
    code, _, rest = error.partition(":")
    words = []
    if code == "expired":
        code = rest.partition(":")[0].strip()
        words.append(gettext("It was tried for five days."))
    if code:
        words.append(_reasons().get(code) or gettext("Something went wrong at our end."))
    if reply and code:
        words.append(isolate(reply))
    return " ".join(words)


def _reasons() -> dict[str, str]:
    return {
        "bad_address": gettext("The address is not one that mail can be sent to."),
        "no_smtputf8": gettext(
            "The mailbox has letters outside of ASCII, and our mail server cannot carry such addresses."
        ),
        "refused": gettext("The mail server refused it for good:"),
        "postponed": gettext("The mail server put it off:"),
        "line_broke": gettext("The connection to the mail server broke off."),
        "unreachable": gettext("The mail server cannot be reached."),
        WITHDRAWN: gettext("Its receiver takes part in the ticket no longer, so it was withdrawn."),
        "dkim": gettext(
            "The key for signing mail (DKIM) cannot be used; nothing leaves until it is put right."
        ),
    }


def incoming_in_words(reason: str) -> str:
    """Why a mail that came in was set aside, or did nothing, in the active language; empty where there is no reason.

    ``reason`` is what stands in ``IncomingMail.reason``. An unknown one is told from none.
    """
    if not reason:
        return ""
    return _incoming_reasons().get(reason) or gettext("It could not be handled; it can be tried again.")


def _incoming_reasons() -> dict[str, str]:
    return {
        # held: staff decide
        "someone_else": gettext("Somebody else answered: the sender does not take part in this ticket."),
        "participant_closed": gettext(
            "A participant wrote to a ticket that is closed; open it again to take it in."
        ),
        "staff_not_proved": gettext(
            "It claims to come from a member of staff, and the mail server did not prove it."
        ),
        "staff_too_late": gettext("A member of staff answered by mail after the ticket had been closed."),
        "staff_no_text": gettext("A member of staff answered by mail without a text of their own."),
        "staff_private": gettext(
            "A member of staff answered by mail what a private participant wrote or read: everybody would read it."
        ),
        "spam": gettext("The ticket it belongs to was closed as spam."),
        "merged": gettext("The ticket it belongs to was merged into another one."),
        "inactive": gettext("The sender's account is switched off."),
        "no_sender": gettext("It does not say who wrote it."),
        "several_senders": gettext("It names several authors, so it cannot be said who wrote it."),
        "bad_sender": gettext("The sender's address is not one that mail can be sent to."),
        "return_path": gettext(
            "It was sent to an address that only machines write to, yet it looks like a person's."
        ),
        "strangers_off": gettext(
            "The sender is unknown, and mails from new addresses open no tickets at present."
        ),
        "brake": gettext("More mails came from this address, or altogether, than a person would send."),
        "repeats": gettext("It looks like an automatic mail that answers ours."),
        # parked: it could not be read or handled
        "unreadable": gettext("There is nothing in it that could be read."),
        "too_long_to_read": gettext("Reading it took longer than is allowed for one mail."),
        "too_much_memory": gettext("Reading it took more memory than is allowed for one mail."),
        "reader_broke": gettext("The program that reads mails broke on it."),
        "handling_failed": gettext("It was read, and handling it failed several times."),
        "raw_missing": gettext("Its original is missing."),
        # done, and it did nothing
        "not_ours": gettext("It is about a mail that was not found in the ledger."),
    }

"""Why a mail waits or failed, in words for staff. The deliverer writes the codes."""

from django.utils.translation import gettext

from tawasul.core.text import isolate


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
    }

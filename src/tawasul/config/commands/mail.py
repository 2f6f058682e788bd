"""``tawasul mail``: what a mail says (no database needed), and the ledger of outgoing mail."""

import sys

USAGE = """usage: tawasul mail inspect FILE…       what each mail says, one JSON line a mail
       tawasul mail visible-text FILE   what the person wrote in a plain-text body
       tawasul mail list | retry | address …   the ledger: what waits or failed; tawasul mail list --help
"""
LEDGER = {"list", "retry", "address"}


def run(arguments: list[str]) -> int:
    """The status of the verb that was named; 2 for one that is none."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in {"-h", "--help"}:
        sys.stdout.write(USAGE)
        return 0
    if verb in {"inspect", "visible-text"}:
        from tawasul.mail.inbound import inspection

        return inspection.inspect(rest) if verb == "inspect" else inspection.visible_text(rest)
    if verb in LEDGER:
        from tawasul.config.commands.django import run_management

        return run_management(["mail", *arguments])
    sys.stderr.write(USAGE)
    return 2

"""``tawasul mail``: taking a mail in, what a mail says (no database needed), and the ledger."""

import sys

USAGE = """usage: tawasul mail receive [--mailbox NAME] [--from ADDRESS] [--to ADDRESS]…
                                        take one mail from standard input; 0 once it is stored, 75: come again
       tawasul mail inspect FILE…       what each mail says, one JSON line a mail
       tawasul mail visible-text FILE   what the person wrote in a plain-text body
       tawasul mail list | retry | address …   the ledger: what waits or failed; tawasul mail list --help
       tawasul mail replay [--parked] [--held] [--dry-run] [ID…]
                                        look again at mails that came in and became nothing
"""
LEDGER = {"list", "retry", "address", "replay"}
# Of the settings' INSTALLED_APPS: what the rows of a mail refer to. A mail server starts `receive` for each mail,
# and half of its time would go into the rest.
APPS_OF_A_MAIL = {
    "tawasul.mail",
    "tawasul.tickets",
    "tawasul.service_levels",
    "tawasul.attachments",
    "tawasul.accounts",
    "tawasul.core",
    "django.contrib.auth",
    "django.contrib.contenttypes",
}
COME_AGAIN = 75  # EX_TEMPFAIL of sysexits.h


def run(arguments: list[str]) -> int:
    """The status of the verb that was named; 2 for one that is none."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in {"-h", "--help"}:
        sys.stdout.write(USAGE)
        return 0
    if verb == "receive":
        return receive(rest)
    if verb in {"inspect", "visible-text"}:
        from tawasul.mail.inbound import inspection

        return inspection.inspect(rest) if verb == "inspect" else inspection.visible_text(rest)
    if verb in LEDGER:
        from tawasul.config.commands.django import run_management

        return run_management(["mail", *arguments])
    sys.stderr.write(USAGE)
    return 2


def receive(arguments: list[str]) -> int:
    """Take one mail in: 0 once it is stored, 69 for one that is too large, 75 for whatever else happens."""
    try:
        from tawasul.config.command import take_data_folder

        rest = take_data_folder(arguments)

        from django.conf import settings

        settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app in APPS_OF_A_MAIL]

        import django

        django.setup()

        from tawasul.mail.doors import pipe

        return pipe.receive(rest, sys.stdin.buffer)
    except BaseException as problem:  # noqa: BLE001 - a wrong setting, say: the mail server keeps the mail
        sys.stderr.write(f"4.3.0 {type(problem).__name__}: {problem}\n")
        return COME_AGAIN

"""``tawasul files check PATH…``: one JSON line a file; needs no database and no running service."""

import sys


def run(arguments: list[str]) -> int:
    """0 even when files are refused; 2 for wrong usage."""
    from tawasul.attachments import check_command

    if not arguments or arguments[0] != "check":
        sys.stderr.write(check_command.USAGE)
        return 2
    return check_command.main(arguments[1:])

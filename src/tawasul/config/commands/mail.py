"""``tawasul mail inspect FILE…`` and ``tawasul mail visible-text FILE``: neither needs a database."""

import sys

USAGE = "usage: tawasul mail inspect FILE…\n       tawasul mail visible-text FILE\n"


def run(arguments: list[str]) -> int:
    """The status of the verb that was named; 2 for one that is none."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("", [])
    if verb in {"-h", "--help"}:
        sys.stdout.write(USAGE)
        return 0
    if verb in {"inspect", "visible-text"}:
        from tawasul.mail.inbound import inspection

        return inspection.inspect(rest) if verb == "inspect" else inspection.visible_text(rest)
    sys.stderr.write(USAGE)
    return 2

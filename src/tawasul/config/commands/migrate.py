"""``tawasul migrate``: bring the database and the collected files up to date, as every start does."""

from tawasul.config import preparation


def run(arguments: list[str]) -> int:
    """With arguments, Django's own migrate takes over: ``tawasul migrate tickets 0003``."""
    preparation.prepare()
    if arguments:
        from tawasul.config.commands.django import run_management

        return run_management(["migrate", *arguments])
    print("the database is up to date")
    return 0

"""``tawasul django COMMAND``: Django's and the rooms' management commands."""

import sys


def run(arguments: list[str]) -> int:
    """Exit status of the management command."""
    return run_management(arguments)


def run_management(arguments: list[str]) -> int:
    """Run a management command the way Django's own entry does; errors go to standard error as one line."""
    from django.core.management import ManagementUtility

    try:
        ManagementUtility(["tawasul", *arguments]).execute()
    except SystemExit as stop:
        if stop.code is None or isinstance(stop.code, int):
            return stop.code or 0
        print(stop.code, file=sys.stderr)
        return 1
    return 0

"""The ``tawasul`` command: one literal table from words to modules, loaded only when asked for."""

import importlib
import os
import sys

# A subcommand is a module below config/commands with ``run(arguments) -> exit status``, or, after "django:",
# a room's management command. Nothing heavy is imported before the word is known.
COMMANDS = {
    "demo": ("demo", "run everything at once on embedded defaults, with an example centre"),
    "serve": ("serve", "the web server: --host --port --workers --threads"),
    "worker": ("worker", "the worker: reactions, mail, previews, the schedule"),
    "migrate": ("migrate", "bring the database and the collected files up to date"),
    "seed": ("seed", "put the example centre into an empty data folder; --tickets N: and a large stock"),
    "createadmin": ("django:createadmin", "make an administrator's account"),
    "close-silent": ("django:close_silent", "close what is silent: --now ISO --dry-run"),
    "files": ("files", "files check PATH…: say which files would be accepted"),
    "mail": (
        "mail",
        "receive; inspect FILE… | visible-text FILE: what a mail says; list | retry | address | replay: the ledger",
    ),
    "lmtp": ("lmtp", "take mail from Postfix or Exim: --host --port, or --socket PATH"),
    "doctor": ("doctor", "say what is missing or wrong on this machine"),
    "assets": ("assets", "fetch and prepare typeface, icons and htmx again"),
    "messages": ("messages", "extract | compile | check: the translations"),
    "lock": ("lock", "write the lock files anew from pyproject.toml and package.json"),
    "test": ("test", "the whole test suite, with SQLite and PostgreSQL; takes pytest's arguments"),
    "check": ("check", "format, lint, types, templates, contracts, translations, deployment"),
    "bench": ("bench", "measure pages against a real server: [NAME…] --tickets N,… --json FILE"),
    "django": ("django", "any management command of Django"),
}


def usage() -> str:
    """The list of subcommands, one a line."""
    lines = [f"  {name:<14}{what}" for name, (_, what) in COMMANDS.items()]
    return "\n".join(
        [
            "usage: tawasul COMMAND …",
            "",
            *lines,
            "",
            "--data DIR (or TAWASUL_DATA) names the data folder: ./data unless given; the demo keeps its own.",
            "tawasul COMMAND --help says more.",
        ]
    )


def take_data_folder(arguments: list[str]) -> list[str]:
    """Move ``--data DIR`` into TAWASUL_DATA, where settings look for it. Raises SystemExit without a folder."""
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--data" or argument.startswith("--data="):
            folder = argument[7:] if argument.startswith("--data=") else next(waiting, "")
            if not folder:
                raise SystemExit("tawasul: --data needs a folder")
            os.environ["TAWASUL_DATA"] = os.path.abspath(os.path.expanduser(folder))  # noqa: PTH100, PTH111
        else:
            rest.append(argument)
    return rest


def main(arguments: list[str] | None = None) -> int:
    """Run one subcommand; its exit status, 2 for a word that is none."""
    words = sys.argv[1:] if arguments is None else arguments
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0 if words else 2
    if words[0] in {"-V", "--version", "version"}:
        from tawasul import __version__

        print(f"tawasul {__version__}")
        return 0
    name, rest = words[0], words[1:]
    if name not in COMMANDS:
        print(f"tawasul: there is no command {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tawasul.config.settings")
    if words[:2] == ["mail", "receive"]:  # its status answers a mail server, whatever goes wrong on the way
        from tawasul.config.commands.mail import receive

        return receive(words[2:])
    where = COMMANDS[name][0]
    if name not in {"test", "files", "demo"}:  # pytest's own arguments, paths, and a folder of its own
        rest = take_data_folder(rest)
    if where.startswith("django:"):
        from tawasul.config.commands.django import run_management

        if not {"-h", "--help"} & set(rest):
            from tawasul.config import preparation

            preparation.tables()
        return run_management([where.removeprefix("django:"), *rest])
    try:
        module = importlib.import_module(f"tawasul.config.commands.{where}")
    except ModuleNotFoundError as missing:
        if missing.name is None or missing.name.startswith("tawasul."):
            raise
        print(
            f"tawasul {name} needs {missing.name}, a developer's tool: start it as ./tawasul {name}",
            file=sys.stderr,
        )
        return 1
    return int(module.run(rest))

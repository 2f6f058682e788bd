"""``tawasul messages extract|compile|check``: keep the Arabic up to the code."""

import sys

from tawasul.config import catalogues


def run(arguments: list[str]) -> int:
    """Exit status 1 when ``check`` finds something."""
    match arguments:
        case ["extract", *names]:
            for room in catalogues.rooms():
                if (not names or room.name in names) and catalogues.update(room):
                    print(f"updated {room.po.relative_to(catalogues.PACKAGE)}")
            return 0
        case ["compile"]:
            print(f"compiled {len(catalogues.compile_all(force=True))} catalogues")
            return 0
        case ["check"]:
            problems = catalogues.problems()
            print("\n".join(problems) or "every string is translated")
            return 1 if problems else 0
        case _:
            print("usage: tawasul messages extract [ROOM…] | compile | check", file=sys.stderr)
            return 2

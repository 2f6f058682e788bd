"""``tawasul assets``: fetch and prepare the front-end assets again."""

from tawasul.config import assets


def run(arguments: list[str]) -> int:
    """Exit status 1 where only the fallback could be put in place."""
    line = assets.prepare(again=True)
    print(line)
    return 0 if line.startswith("assets ready") else 1

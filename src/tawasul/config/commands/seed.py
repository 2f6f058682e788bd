"""``tawasul seed``: put the example centre into an empty data folder, for trying things on PostgreSQL, say."""

from tawasul.config import preparation
from tawasul.config.bootstrap import say


def run(arguments: list[str]) -> int:
    """1 when the folder or database holds anything already."""
    preparation.prepare()
    from tawasul.config.demo import seed

    try:
        made = seed.run()
    except seed.HoldsRealData:
        say("there is real data here; nothing was changed")
        return 1
    print("seeded" if made else "the example centre is here already")
    return 0

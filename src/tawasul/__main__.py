"""``python -m tawasul``: the same command as ``tawasul``."""

import sys

from tawasul.config.command import main

if __name__ == "__main__":
    sys.exit(main())

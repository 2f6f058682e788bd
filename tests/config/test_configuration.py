"""What can be set is written down, and what is written down can be set."""

import re
from pathlib import Path

import tawasul

PACKAGE = Path(tawasul.__file__).parent
DOCUMENT = PACKAGE.parent.parent / "docs" / "configuration.md"
VARIABLE = re.compile(r"TAWASUL_[A-Z0-9_]+|DATABASE_URL")
OF_DEVELOPERS = {"TAWASUL_CHROMIUM", "TAWASUL_CORPUS", "TAWASUL_BENCH_VERBOSE"}


def test_every_variable_of_the_code_is_documented_and_no_other() -> None:
    read = re.compile(
        r"""(?:env\.\w+\(|environ\.get\(|environ\[|getenv\()\s*f?["'](TAWASUL_[A-Z0-9_]+|DATABASE_URL)"""
    )
    used = {name for path in PACKAGE.rglob("*.py") for name in read.findall(path.read_text())}
    assert used, "the pattern finds nothing any more"
    documented = set(VARIABLE.findall(DOCUMENT.read_text()))
    assert used - documented - OF_DEVELOPERS == set()
    everywhere = {name for path in PACKAGE.rglob("*.py") for name in VARIABLE.findall(path.read_text())}
    assert documented - everywhere == set()

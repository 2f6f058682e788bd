"""What a browser would send along: the hidden fields of the page's own form."""

import io
import re
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

_INPUT = re.compile(r"<input[^>]*type=\"hidden\"[^>]*>")
_NAME, _VALUE = re.compile(r'name="([^"]*)"'), re.compile(r'value="([^"]*)"')


def hidden_fields(page: Any, form: str = "data-autosave") -> dict[str, str]:
    """Names and values of the hidden inputs inside the form that has this text in its tag."""
    html = page.content.decode()
    start = html.index(form)
    part = html[start : html.index("</form>", start)]
    fields = {}
    for tag in _INPUT.findall(part):
        name, value = _NAME.search(tag), _VALUE.search(tag)
        if name:
            fields[unescape(name[1])] = unescape(value[1]) if value else ""
    return fields


def png(name: str = "picture.png", *, size: int = 8) -> SimpleUploadedFile:
    """A small valid picture of its own content."""
    out = io.BytesIO()
    picture = Image.effect_noise((size, size), 80) if size > 8 else Image.new("RGB", (size, size), "green")
    picture.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), content_type="image/png")

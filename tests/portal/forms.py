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


def links(html: str, rel: str) -> str:
    """The address of the page's link with this rel; empty where there is none."""
    tag = re.search(rf'<a [^>]*rel="{rel}"[^>]*>', html)
    address = re.search(r'href="([^"]*)"', tag[0]) if tag else None
    return unescape(address[1]) if address else ""


def body(answer: Any) -> bytes:
    """The bytes of an answer that carries a file; reading them to the end closes it."""
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)

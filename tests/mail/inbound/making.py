"""Mails written for the tests."""


def mail(body: str | bytes = "Hello", encoding: str = "utf-8", **fields: str) -> bytes:
    """A mail with ordinary fields; ``fields`` replace or add (``reply_to`` is Reply-To, an empty one is left out)."""
    head = {
        "From": "Noura <noura@example.sa>",
        "To": "support@centre.example",
        "Subject": "A question",
        "Date": "Sun, 5 Jan 2025 15:04:05 +0300",
        "Message-ID": "<1@example.sa>",
    }
    for name, value in fields.items():
        title = next(
            (key for key in head if key.lower() == name.replace("_", "-").lower()), name.replace("_", "-")
        )
        head[title] = value
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value != "")
    raw = body if isinstance(body, bytes) else body.replace("\n", "\r\n").encode(encoding)
    return lines.encode("utf-8", "surrogateescape") + b"\r\n" + raw


def multipart(*parts: tuple[str, str | bytes], kind: str = "mixed", end: bool = True, **fields: str) -> bytes:
    """A multipart mail; each part is its header lines (joined by newlines) and its body."""
    body = b""
    for head, content in parts:
        raw = content if isinstance(content, bytes) else content.encode()
        body += b"--edge\r\n" + head.replace("\n", "\r\n").encode() + b"\r\n\r\n" + raw + b"\r\n"
    if end:
        body += b"--edge--\r\n"
    return mail(body, Content_Type=f'multipart/{kind}; boundary="edge"', **fields)

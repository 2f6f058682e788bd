"""Pictures and documents for the demo's tickets, drawn here: nothing of anyone's is copied."""

import io
import random

from PIL import Image, ImageDraw

_INK, _PAPER, _LINE, _GREEN = (28, 27, 23), (255, 255, 255), (205, 200, 190), (27, 131, 84)

NAMES = {
    "png": "صورة-الرسالة.png",
    "jpg": "السجل-التجاري.jpg",
    "gif": "خطوات.gif",
    "tiff": "خطاب-التفويض.tiff",
    "pdf": "الخطاب-الرسمي.pdf",
}


def file_of(kind: str, seed: int) -> tuple[str, bytes]:
    """A file name and the bytes of a small valid file of that kind (png, jpg, gif, tiff of 3 pages, pdf of 2)."""
    out = io.BytesIO()
    pick = random.Random(seed)  # noqa: S311 - the same demo every time
    if kind == "png":
        _screen(pick).save(out, "PNG")
    elif kind == "jpg":
        _letter(pick).save(out, "JPEG", quality=82)
    elif kind == "gif":
        frames = [_screen(pick).convert("P") for _ in range(2)]
        frames[0].save(out, "GIF", save_all=True, append_images=frames[1:], duration=900, loop=0)
    elif kind == "tiff":
        pages = [_letter(pick).convert("L") for _ in range(3)]
        pages[0].save(
            out, "TIFF", save_all=True, append_images=pages[1:], compression="tiff_lzw", dpi=(100, 100)
        )
    else:
        pages = [_letter(pick) for _ in range(2)]
        pages[0].save(out, "PDF", save_all=True, append_images=pages[1:], resolution=100)
    return NAMES[kind], out.getvalue()


def _letter(pick: random.Random) -> Image.Image:
    """A sheet of text lines under a letterhead, set from the right."""
    sheet = Image.new("RGB", (620, 877), _PAPER)
    draw = ImageDraw.Draw(sheet)
    draw.rectangle((470, 60, 550, 100), fill=_GREEN)
    draw.rectangle((330, 66, 455, 74), fill=_INK)
    draw.rectangle((370, 84, 455, 90), fill=_LINE)
    draw.line((60, 130, 560, 130), fill=_LINE, width=2)
    y = 180
    for _ in range(pick.randint(3, 4)):
        for row in range(pick.randint(3, 6)):
            width = 490 if row else pick.randint(200, 330)
            draw.rectangle(
                (550 - pick.randint(width - 40, width), y, 550, y + 7), fill=_INK if not row else _LINE
            )
            y += 24
        y += 26
    draw.ellipse((90, 740, 190, 840), outline=_GREEN, width=3)
    draw.arc((380, 760, 520, 820), 190, 350, fill=_INK, width=3)
    return sheet


def _screen(pick: random.Random) -> Image.Image:
    """A browser window with a form and an error under one of its fields."""
    screen = Image.new("RGB", (960, 600), (243, 240, 233))
    draw = ImageDraw.Draw(screen)
    draw.rectangle((0, 0, 960, 48), fill=(235, 231, 221))
    draw.rounded_rectangle((200, 12, 860, 36), 8, fill=_PAPER)
    draw.rectangle((600, 90, 900, 108), fill=_INK)
    wrong = pick.randint(0, 2)
    for row in range(3):
        top = 150 + row * 120
        draw.rectangle((760, top, 900, top + 10), fill=_INK)
        edge = (180, 35, 24) if row == wrong else _LINE
        draw.rounded_rectangle((340, top + 22, 900, top + 66), 4, fill=_PAPER, outline=edge, width=2)
        draw.rectangle((900 - pick.randint(120, 330), top + 40, 884, top + 48), fill=_LINE)
        if row == wrong:
            draw.rectangle((620, top + 76, 900, top + 84), fill=edge)
    draw.rounded_rectangle((780, 520, 900, 560), 4, fill=_GREEN)
    return screen

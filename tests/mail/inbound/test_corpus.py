"""Real mails of public test suites, read from a folder outside the repository; says its numbers and what it misses.

TAWASUL_CORPUS names the folder; without it ``../shared/corpus`` beside the repository is tried.
"""

import csv
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import pytest

from tawasul.attachments import gate
from tawasul.mail.inbound import mailboxes, markup
from tawasul.mail.inbound.classes import classify
from tawasul.mail.inbound.parsed import Parsed
from tawasul.mail.inbound.parser import parse
from tawasul.mail.inbound.visible import visible_text

CORPUS = Path(os.environ.get("TAWASUL_CORPUS") or Path(__file__).parents[4] / "shared" / "corpus")
KIND = {
    "bounce": {"bounce"},
    "bounce?": {"bounce"},
    "complaint": {"report"},
    "auto-reply": {"auto_reply", "list"},
}
KIND |= {"list/bulk?": {"list", "message"}}
MACHINES = {"bounce", "report", "auto_reply", "unreadable"}

# Misses that are ours by choice, with the reason. They count as misses in the numbers.
CHOSEN = {
    "two text parts": "the source expects the first of two text parts; both are shown",
    "html first": "the source reads HTML where the plain text says something else; plain text is preferred",
    "raw bytes": "the source keeps undecodable bytes as U+FFFD; they are read as the Latin text that they are",
}


def say(line: str) -> None:
    """For ``pytest -s`` and for the report of a failure."""
    sys.stdout.write(f"{line}\n")


def rows(folder: str) -> Iterator[dict[str, str]]:
    index = CORPUS / folder / "INDEX.tsv"
    if not index.exists():
        pytest.skip(f"no corpus at {CORPUS}: set TAWASUL_CORPUS")
    with index.open(newline="", encoding="utf-8") as stream:
        yield from csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def read(row: dict[str, str]) -> Parsed:
    return parse((CORPUS / "mail" / row["file"]).read_bytes())


def agrees(row: dict[str, str], parsed: Parsed) -> list[str]:
    """What does not agree with the expected values; white space aside, HTML compared as text."""
    wrong = []
    if row["exp_subject"] and squeezed(row["exp_subject"]) != squeezed(parsed.subject):
        wrong.append(f"subject {parsed.subject!r} for {row['exp_subject']!r}")
    if row["exp_from"]:
        wanted = mailboxes.parse(row["exp_from"])[0]
        if (wanted.name, wanted.address.lower()) != (parsed.from_name, parsed.from_address.lower()):
            wrong.append(f"from {parsed.sender} for {row['exp_from']!r}")
    if row["exp_body"]:
        body = row["exp_body"].replace("\\n", "\n")
        cut = len(row["exp_body"]) >= 300  # the table keeps the beginning
        if parsed.html and "<" in body:
            body = markup.to_text(re.sub(r"<[^>]*\Z", "", body))
        wanted_text, text = squeezed(body), squeezed(parsed.text)
        if not (text.startswith(wanted_text[:-2]) if cut else text == wanted_text):
            wrong.append(f"text {text[:80]!r} for {wanted_text[:80]!r}")
    return wrong


def test_subject_sender_and_text_agree() -> None:
    compared = missed = 0
    for row in rows("mail"):
        values = sum(bool(row[key]) for key in ("exp_subject", "exp_from", "exp_body"))
        wrong = agrees(row, read(row))
        compared += values
        missed += len(wrong)
        for reason in wrong:
            say(f"  {row['file']}: {reason}")
    say(f"subject, from, text: {compared - missed} of {compared}; misses by choice: {CHOSEN}")
    assert missed <= max(3, compared * 0.02)


def test_machines_are_known_and_no_person_is_misjudged() -> None:
    right = total = 0
    misjudged = []
    for row in rows("mail"):
        parsed = read(row)
        found = str(classify(parsed))
        wanted = KIND.get(row["cls"])
        if wanted is not None:
            total += 1
            right += found in wanted
            if found not in wanted:
                say(f"  {row['file']}: {found} for {row['cls']}")
        elif found in MACHINES and not parsed.type.startswith("multipart/report"):
            misjudged.append(
                (row["file"], found)
            )  # a delivery report is one, whatever the table's class says
    say(f"classes: {right} of {total}; people misjudged: {misjudged}")
    assert right >= total * 0.97
    assert not misjudged


def test_replies_show_exactly_what_was_written() -> None:
    exact = total = 0
    lost = []
    for row in rows("replies"):
        body = (CORPUS / "replies" / row["body"]).read_bytes().decode("utf-8", "replace")
        wanted = (CORPUS / "replies" / row["expected"]).read_bytes().decode("utf-8", "replace").strip()
        found = visible_text(body).strip()
        total += 1
        exact += found == wanted
        if found != wanted:
            say(f"  {row['body']}: shows {found[-80:]!r} for {wanted[-80:]!r}")
            if squeezed(wanted) not in squeezed(found):
                lost.append(row["body"])
    say(f"replies: {exact} of {total} exact; words lost: {lost}")
    assert exact >= total * 0.95
    assert not lost


def test_expected_replies_in_mails_are_what_is_visible() -> None:
    for row in rows("mail"):
        if row["exp_reply"]:
            assert squeezed(read(row).visible_text) == squeezed(row["exp_reply"].replace("\\n", "\n")), row[
                "file"
            ]


def test_no_hidden_archive_becomes_an_accepted_file() -> None:
    for row in rows("mail"):
        if row["cls"] == "smuggled-attachment":
            for file in read(row).attachments:
                assert not gate.inspect(file.content, file.name).accepted, row["file"]


def test_every_mail_is_read_within_its_time() -> None:
    for row in rows("mail"):
        started = perf_counter()
        parsed = read(row)
        assert classify(parsed) != "unreadable"
        assert perf_counter() - started < 2, row["file"]

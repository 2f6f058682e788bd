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
from tawasul.mail.inbound import bodies, limits, mailboxes, markup, structure
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


def same(wanted: str, found: str) -> bool:
    """White space aside. Where the expected value shows U+FFFD for a character it could not read, any will do."""
    pattern = ".".join(re.escape(piece) for piece in squeezed(wanted).split("\ufffd"))
    return re.fullmatch(pattern, squeezed(found)) is not None


def text_agrees(row: dict[str, str], parsed: Parsed) -> bool:
    """An expected body in HTML is compared as text. The table keeps 300 characters of a long one, and of a mail with
    several text parts its source may name the first: those are compared as the beginning."""
    body = row["exp_body"].replace("\\n", "\n")
    cut = len(row["exp_body"]) >= 300
    if parsed.html and "<" in body:
        body = markup.to_text(re.sub(r"<[^>]*\Z", "", body))
    wanted, text = squeezed(body), squeezed(parsed.text)
    if cut:
        return text.startswith(wanted[:-2])
    return same(wanted, text) or (several_texts(row) and text.startswith(wanted))


def several_texts(row: dict[str, str]) -> bool:
    raw = (CORPUS / "mail" / row["file"]).read_bytes()
    shown = bodies.collect(structure.read(raw, limits.Budget()), limits.Budget()).texts
    return len([text for text, _ in shown if text.strip()]) > 1


def reason(row: dict[str, str], parsed: Parsed) -> str:
    """Why the text of a mail does not agree, where that is by choice; empty where it is a fault of ours."""
    wanted = squeezed(markup.to_text(row["exp_body"].replace("\\n", "\n")))[:40]
    if parsed.html and wanted and wanted in squeezed(markup.to_text(parsed.html)):
        return "by choice: the source shows the HTML, which says something else than the plain text that we prefer"
    return ""


def agrees(row: dict[str, str], parsed: Parsed) -> list[str]:
    """What does not agree with the expected values, each with the reason where there is one."""
    wrong = []
    if row["exp_subject"] and not same(row["exp_subject"], parsed.subject):
        wrong.append(f"subject {parsed.subject!r} for {row['exp_subject']!r}")
    if row["exp_from"]:
        wanted = mailboxes.parse(row["exp_from"])[0]
        address = wanted.address.lower() == parsed.from_address.lower()
        if not (address and same(wanted.name, parsed.from_name)):
            wrong.append(f"from {parsed.sender} for {row['exp_from']!r}")
    if row["exp_body"] and not text_agrees(row, parsed):
        wrong.append(f"text {parsed.text[:60]!r} for {row['exp_body'][:60]!r} {reason(row, parsed)}")
    return wrong


def test_subject_sender_and_text_agree() -> None:
    compared = missed = 0
    for row in rows("mail"):
        values = sum(bool(row[key]) for key in ("exp_subject", "exp_from", "exp_body"))
        wrong = agrees(row, read(row))
        compared += values
        missed += len(wrong)
        for each in wrong:
            say(f"  {row['file']}: {each}")
    say(f"subject, from, text: {compared - missed} of {compared} agree")
    assert missed <= compared * 0.02


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
            words_lost = squeezed(wanted) not in squeezed(found)
            why = "words lost" if words_lost else "unsure, more is shown"
            say(f"  {row['body']}: {why}: {found[-80:]!r} for {wanted[-80:]!r}")
            lost += [row["body"]] if words_lost else []
    say(f"replies: {exact} of {total} exact; words lost: {lost}")
    assert exact >= total * 0.9
    assert not lost


def test_expected_replies_in_mails_are_what_is_visible() -> None:
    for row in rows("mail"):
        if row["exp_reply"]:
            assert squeezed(read(row).visible_text) == squeezed(row["exp_reply"].replace("\\n", "\n")), row[
                "file"
            ]


def test_attachments_are_as_many_as_the_source_counts() -> None:
    """Sources disagree about parts that are shown within the text: only those that are named as files are counted."""
    compared = missed = 0
    for row in rows("mail"):
        wanted = row["exp_attachments"].partition(":")
        if not wanted[0].strip().isdigit() or row["source"].startswith("zammad"):
            continue  # one source adds the HTML itself as a file
        compared += 1
        found = len(read(row).attachments)
        if found != int(wanted[0]):
            missed += 1
            say(f"  {row['file']}: {found} attachments for {wanted[0]}")
    say(f"attachments: {compared - missed} of {compared} agree")
    assert missed <= compared * 0.1


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

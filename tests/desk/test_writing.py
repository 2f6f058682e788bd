"""Writing an answer in a real browser: a reply at the caret, a quotation, a pasted picture, and taking it back."""

import re
from typing import Any

import pytest
from django.test import Client

from tawasul.accounts.models import Person
from tawasul.replies import actions as replies_actions
from tawasul.replies.models import CannedReply
from tawasul.tickets.models import Message
from tests.browsing import enter

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.undo]

FILE = """(form, kind) => {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 8;
  return new Promise((done) => canvas.toBlob((blob) => {
    const data = new DataTransfer();
    data.items.add(new File([blob], `${kind}.png`, { type: "image/png" }));
    const event = kind === "paste"
      ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
      : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
    form.querySelector("textarea").dispatchEvent(event);
    done();
  }));
}"""


def test_an_answer_is_written_sent_and_taken_back(
    open_page: Any,
    live_server: Any,
    no_violations: Any,
    fahd: Person,
    fahd_client: Client,
    open_a_ticket: Any,
) -> None:
    from playwright.sync_api import expect

    reply = CannedReply(
        name_ar="سجل DS", shortcut="ds", text_ar="الأخ {{requester}}، أُضيف السجل.", owner=fahd
    )
    replies_actions.save(reply, by=fahd)
    ticket = open_a_ticket()
    page = open_page()
    enter(page, fahd_client, live_server)
    page.goto(f"/ar/desk/tickets/{ticket.spoken_number}/")
    box = page.locator("#answer_text")
    box.click()
    page.keyboard.type("السلام عليكم /ds")
    page.wait_for_selector(".offers [role=option][aria-selected=true]")
    no_violations(page)
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile("أُضيف السجل"))
    expect(box).to_have_value("السلام عليكم الأخ نورة الدوسري، أُضيف السجل.")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.letter .said p'))")
    page.locator("[data-quote]").click()
    expect(box).to_have_value(re.compile("\n\n> نقلنا الاستضافة ولم تُحفظ التغييرات\\."))
    form = page.locator(".composer form").element_handle()
    for kind, count in (("paste", 1), ("drop", 2)):
        page.evaluate(f"([form, kind]) => ({FILE})(form, kind)", [form, kind])
        expect(page.locator(".composer [data-state=done]")).to_have_count(count)
    page.locator(".composer [name=send]").click()
    page.wait_for_selector(".thread > .undo")
    assert Message.objects.get(kind="answer").file_count == 2
    no_violations(page)
    page.locator(".undo button").click()
    expect(box).to_have_value(re.compile("أُضيف السجل"))
    assert not Message.objects.filter(kind="answer").exists()
    expect(page.locator(".composer [data-state=done]")).to_have_count(2)

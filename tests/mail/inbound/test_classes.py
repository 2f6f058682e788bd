"""Nobody's mail is told from a person's: by headers and shape, never by words alone."""
# ruff: noqa: E501 - texts as they are sent

import pytest

from tawasul.mail.inbound.bounces import bounced_address, permanence, returned_message_ids
from tawasul.mail.inbound.classes import classify
from tawasul.mail.inbound.parser import parse
from tests.mail.inbound.making import mail, multipart

DAEMON = {"From": "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.com>", "Return_Path": "<>"}

BOUNCES = {
    "qmail": mail(
        "Hi. This is the qmail-send program at mx.example.com.\nI'm afraid I wasn't able to deliver your message to "
        "the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<gone@example.sa>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the "
        "message.\n\nReturn-Path: <support@centre.example>\nTo: gone@example.sa\n",
        Subject="failure notice",
        **DAEMON,
    ),
    "exim": mail(
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be "
        "delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        "  gone@example.sa\n    SMTP error from remote mail server after RCPT TO:<gone@example.sa>:\n"
        "    550 5.1.1 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\n"
        "Return-path: <support@centre.example>\n",
        Subject="Mail delivery failed: returning message to sender",
        Return_Path="<>",
        From="Mail Delivery System <Mailer-Daemon@mx.example.com>",
    ),
    "exim with its header": mail(
        "…", X_Failed_Recipients="gone@example.sa", Subject="Warning: message delayed 24 hours", **DAEMON
    ),
    "postfix in words": mail(
        "This is the mail system at host mx.example.com.\n\nI'm sorry to have to inform you that your message could not\n"
        "be delivered to one or more recipients.\n\n<gone@example.sa>: host mx.example.sa said: 550 5.1.1 User unknown\n",
        Subject="Undelivered Mail Returned to Sender",
        From="MAILER-DAEMON@mx.example.com (Mail Delivery System)",
        Return_Path="<>",
    ),
    "sendmail": mail(
        "The original message was received at Sun, 5 Jan 2025 15:04:05 +0300\nfrom localhost\n\n"
        "   ----- The following addresses had permanent fatal errors -----\n<gone@example.sa>\n\n"
        "   ----- Transcript of session follows -----\n550 5.1.1 <gone@example.sa>... User unknown\n",
        Subject="Returned mail: see transcript for details",
        **DAEMON,
    ),
    "exchange in Arabic": mail(
        "تعذر تسليم رسالتك إلى gone@example.sa.\nلم يتم العثور على العنوان. 550 5.1.1\n",
        Subject="تعذر التسليم: طلبك",
        From="Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.com>",
        Return_Path="<>",
    ),
    "yahoo": mail(
        "Sorry, we were unable to deliver your message to the following address.\n\n<gone@example.sa>:\n"
        "554: delivery error: dd This user doesn't have an account\n\n--- Below this line is a copy of the message.\n",
        Subject="Failure Notice",
        From="MAILER-DAEMON@yahoo.example",
        Return_Path="",
    ),
    "google": mail(
        "Delivery to the following recipient failed permanently:\n\n     gone@example.sa\n\nTechnical details of "
        "permanent failure:\nThe email account that you tried to reach does not exist.\n",
        Subject="Delivery Status Notification (Failure)",
        From="Mail Delivery Subsystem <mailer-daemon@google.example>",
        Return_Path="<>",
    ),
    "postmaster in German": mail(
        "Ihre Nachricht konnte nicht zugestellt werden:\ngone@example.sa\n550 Benutzer unbekannt\n",
        Subject="Unzustellbar: Anfrage",
        From="postmaster@example.de",
        Return_Path="<>",
    ),
    "domino": mail(
        "Your message\n\n  Subject: x\n\nwas not delivered to:\n\n  gone@example.sa\n\nbecause:\n\n  User gone not listed\n",
        Subject="DELIVERY FAILURE: User gone (gone@example.sa) not listed in Domino Directory",
        From="Postmaster@example.com",
        Return_Path="<>",
    ),
    "delivery status": multipart(
        ("Content-Type: text/plain", "Your mail was not delivered."),
        (
            "Content-Type: message/delivery-status",
            "Reporting-MTA: dns; mx.example.com\r\n\r\nOriginal-Recipient: rfc822;gone@example.sa\r\n"
            "Final-Recipient: rfc822; other@example.sa\r\nAction: failed\r\nStatus: 5.1.1\r\n",
        ),
        ("Content-Type: text/rfc822-headers", "To: gone@example.sa\r\nSubject: x\r\n"),
        kind="report; report-type=delivery-status",
    ),
    "internationalised delivery status": multipart(
        ("Content-Type: text/plain", "no"),
        (
            "Content-Type: message/global-delivery-status",
            "Reporting-MTA: dns; mx.example.com\r\n\r\nFinal-Recipient: utf-8; gone@example.sa\r\nAction: failed\r\n",
        ),
        kind="report; report-type=delivery-status",
    ),
}

BOUNCES |= {
    "a transcript after arrows": mail(
        "  ----- The following addresses had permanent fatal errors -----\n\n>>> gone@example.sa <gone@example.sa>\n\n"
        "  ----- Transcript of session follows -----\n550 no mailbox here by that name (#5.1.1)\n",
        Subject="FAILURE NOTICE : a letter",
        **DAEMON,
    ),
    "an address that holds the word to": mail(
        "Delivery to the following recipients failed permanently:\n\n   * gone@example.sa\n\n"
        "SMTP:RCPT host 192.0.2.8: 553 <gone@example.sa>... No such user, write to kijitora@example.com\n",
        Subject="Delivery status notification",
        **DAEMON,
    ),
    "domino": mail(
        "Your message\n\n  Subject: A letter\n\nwas not delivered to:\n\n  gone@example.sa\n\nbecause:\n\n"
        "  User Gone (gone@example.sa) not listed in the directory\n",
        Subject="DELIVERY FAILURE: User Gone (gone@example.sa) not listed in the directory",
        From="Postmaster@example.com",
    ),
    "a gateway that answers as a reply": mail(
        "Error: Invalid user address\n\nError message below:\n550 - no such user here\n\nMessage details:\n"
        "  Subject: A letter\n  MAIL FROM: support@centre.example\n  RCPT TO: gone@example.sa\n",
        Subject="Re: A letter",
        From="post_master@gateway.example.com",
    ),
    "an automatic answer in its headers": multipart(
        ("Content-Type: text/plain",
         "We had trouble delivering your message. Full details follow:\r\n\r\n1 error(s):\r\n\r\n"
         "The following recipients returned permanent errors: gone@example.sa. Reason: 554 5.4.6 Hop count exceeded\r\n"),
        ("Content-Type: text/plain; name=headers.txt\nContent-Disposition: attachment", "To: gone@example.sa\r\n"),
        kind="mx6d", Subject="There was an error sending your mail", From="mailer-daemon", Return_Path="<>",
        Auto_Submitted="auto-replied", Precedence="list",
    ),
}  # fmt: skip


@pytest.mark.parametrize("raw", BOUNCES.values(), ids=BOUNCES)
def test_a_bounce_is_known_with_the_address_it_is_about(raw: bytes) -> None:
    parsed = parse(raw)
    assert classify(parsed) == "bounce"
    assert bounced_address(parsed) == "gone@example.sa"


AUTO_REPLIES = [
    {"Subject": "On leave", "In_Reply_To": "<1@centre.example>"},
    {"Subject": "في إجازة", "Return_Path": "<>"},
    {"Subject": "AUTO: Alqahtani, Noura is out of the office (returning 05/01/2025)"},
    {"Subject": "[AUTO GENERATED] A notice"},
    {"Subject": "Re: A question (Automatic Response)", "Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-replied"},
    {"Auto_Submitted": "auto-generated (vacation)"},
    {"Auto_Submitted": "auto-notified; owner-email=x"},
    {"X_Autoreply": "yes"},
    {"X_Autorespond": "A question"},
    {"X_Auto_Response_Suppress": "All", "Subject": "Automatic reply: A question"},
    {"Subject": "Out of office: A question"},
    {"Subject": "رد تلقائي: استفسار"},
    {"Subject": "الرد التلقائي: خارج المكتب"},
    {"Subject": "خارج المكتب: استفسار"},
    {"Subject": "Abwesenheitsnotiz: Anfrage"},
    {"Subject": "Réponse automatique : demande"},
    {"Subject": "自動回覆: 請求"},
    {"Subject": "Автоматический ответ: запрос"},
    {"Precedence": "auto_reply"},
    {"Precedence": "junk"},
    {"Precedence": "bulk"},
    {"Return_Path": "<>"},
    {"X_FC_MachineGenerated": "true"},
]


@pytest.mark.parametrize("fields", AUTO_REPLIES, ids=str)
def test_an_automatic_answer_is_known(fields: dict[str, str]) -> None:
    assert classify(parse(mail("I am away until Sunday.", **fields))) == "auto_reply"


PEOPLE = [
    ({"Subject": "Auto: insurance for our cars"}, "Which domain is free?"),
    ({"Subject": "Away from my mail next week"}, "Please answer to my colleague."),
    ({"Subject": "On leave: who takes over our domains?"}, "Whom shall we name?"),
    ({"Subject": "في إجازة: من ينوب عني؟"}, "أرجو تغيير جهة الاتصال."),
    ({"X_MS_Exchange_Inbox_Rules_Loop": "noura@example.sa"}, "Passed on by a rule of my mailbox."),
    ({"X_RT_Loop_Prevention": "registrar.example", "X_OpenTRS_Loop": "1"}, "Written through another desk."),
    ({}, "Hello"),
    ({"Auto_Submitted": "no"}, "Hello"),
    ({"Precedence": "first-class"}, "Hello"),
    ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "Hello"),
    ({"List_Unsubscribe": "<https://example.sa/u>"}, "Our company's question"),
    ({"Subject": "Re: Automatic reply: A question"}, "When are you back?"),
    ({"Subject": "رد: رد تلقائي: استفسار"}, "متى تعودون؟"),
    (
        {"Subject": "Undelivered Mail Returned to Sender"},
        "I got this from your server, what is it?\n550 5.1.1 User unknown",
    ),
    (
        {"Subject": "Mail delivery failed"},
        "My customers say: delivery to the following recipient failed permanently.",
    ),
    ({"Subject": "failure notice"}, "<gone@example.sa>: Sorry, no mailbox here by that name."),
    ({"Subject": "تعذر تسليم رسالتي"}, "تعذر تسليم رسالتي إليكم أمس: 550 5.1.1"),
    (
        {"From": "Postmaster <postmaster@example.sa>", "Subject": "Name servers of example.sa"},
        "Please change our servers.",
    ),
    (
        {"From": "Postmaster <postmaster@example.sa>", "Subject": "Re: Returned mail"},
        "I looked into it: user unknown. Sorry.",
    ),
    ({"From": "noreply@example.sa"}, "Form of our web site: a question"),
    ({"From": "admin@example.sa", "Subject": "Delivery of the certificate"}, "When is the delivery?"),
    ({"From": "Delivery Team <delivery.team@example.sa>", "Subject": "Delivery status"}, "Where is it?"),
    (
        {"From": "Express <delivery@courier.example>", "Subject": "Delivery status"},
        "Your parcel could not be delivered to: noura@example.sa.",
    ),
    (
        {"From": "System Administrator <admin@example.sa>", "Subject": "Mail delivery problem"},
        "Our mail could not be delivered since we moved the name servers: 550 5.1.1.",
    ),
    ({"From": "", "Subject": "No sender"}, "Hello, the mail server could not be reached yesterday."),
    ({"Return_Path": "<noura@example.sa>"}, "Hello"),
    ({"Subject": "Vacation homes .sa domain"}, "Can I register it?"),
    ({"Subject": "إجازة العيد"}, "هل تعملون في إجازة العيد؟"),
]


@pytest.mark.parametrize(("fields", "body"), PEOPLE, ids=str)
def test_a_person_is_never_taken_for_a_machine(fields: dict[str, str], body: str) -> None:
    assert classify(parse(mail(body, **fields))) == "message"


def test_a_postmaster_who_writes_himself_is_a_person() -> None:
    raw = mail(
        "Dear colleagues,\nour mail to you is rejected with 550 5.7.1 and could not be delivered.\n"
        "Could you please look at your filter?\n\nAhmad\npostmaster@example.sa\n",
        From="Ahmad <postmaster@example.sa>",
        Subject="Delivery problem to your servers",
    )
    assert classify(parse(raw)) == "message"


def test_a_person_who_forwards_a_bounce_is_a_person() -> None:
    raw = multipart(
        ("Content-Type: text/plain", "What is this?"),
        ("Content-Type: message/rfc822", BOUNCES["delivery status"]),
        Subject="Fwd: Undelivered Mail Returned to Sender",
    )
    assert classify(parse(raw)) == "message"


def test_a_complaint_and_a_receipt_are_reports() -> None:
    complaint = multipart(
        ("Content-Type: text/plain", "This is an abuse report."),
        ("Content-Type: message/feedback-report", "Feedback-Type: abuse\r\nUser-Agent: x/1\r\n"),
        ("Content-Type: message/rfc822", "To: a@example.sa\r\n\r\nx"),
        kind="report; report-type=feedback-report",
    )
    receipt = multipart(
        ("Content-Type: text/plain", "Your message was displayed."),
        (
            "Content-Type: message/disposition-notification",
            "Disposition: manual-action/MDN-sent-manually; displayed\r\n",
        ),
        kind="report; report-type=disposition-notification",
    )
    assert classify(parse(complaint)) == "report"
    assert classify(parse(receipt)) == "report"


@pytest.mark.parametrize(
    "fields",
    [
        {"List_Id": "<announce.example.com>"},
        {"X_Mailing_List": "a@example.com"},
        {"List_Post": "<mailto:a@b.c>", "Precedence": "list"},
    ],
)
def test_a_list_is_known(fields: dict[str, str]) -> None:
    assert classify(parse(mail("News", **fields))) == "list"


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("Action: failed\r\nStatus: 5.1.1", "permanent"),
        ("Action: failed\r\nStatus: 4.4.7", "temporary"),
        ("Action: delayed\r\nStatus: 4.2.2", "temporary"),
        ("Action: delayed\r\nStatus: 5.0.0", "temporary"),
    ],
)
def test_a_bounce_says_whether_it_is_for_good(lines: str, said: str) -> None:
    raw = BOUNCES["delivery status"].replace(b"Action: failed\r\nStatus: 5.1.1", lines.encode())
    assert permanence(parse(raw)) == said


def test_a_bounce_in_words_says_whether_it_is_for_good() -> None:
    assert permanence(parse(BOUNCES["exim"])) == "permanent"
    assert permanence(parse(BOUNCES["qmail"])) == "permanent"
    assert permanence(parse(BOUNCES["exim with its header"])) == "temporary"


def test_a_bounce_names_the_mail_that_came_back() -> None:
    raw = BOUNCES["delivery status"].replace(b"Subject: x", b"Message-ID: <7@centre.example>")
    assert returned_message_ids(parse(raw)) == ("<7@centre.example>",)
    words = BOUNCES["qmail"] + b"Message-ID: <8@centre.example>\r\n"
    assert returned_message_ids(parse(words)) == ("<8@centre.example>",)


def test_a_report_of_success_is_no_bounce() -> None:
    raw = BOUNCES["delivery status"].replace(
        b"Action: failed\r\nStatus: 5.1.1", b"Action: delivered\r\nStatus: 2.0.0"
    )
    assert classify(parse(raw)) == "report"


def test_nothing_at_all_is_unreadable() -> None:
    assert classify(parse(b"")) == "unreadable"
    assert classify(parse(b"\r\n\r\n")) == "unreadable"

"""Mails that say another mail was not delivered: the standard's form (RFC 3464) and what programs write instead."""

import re
from typing import Final

from tawasul.mail.inbound import openings
from tawasul.mail.inbound.parsed import Parsed

_DAEMON: Final = re.compile(
    r"(?:mailer[-_. ]?(?:daemon|deamon)|mail[-_. ]?daemon|mdaemon|maildaemon|double-bounce|"
    r"mail[-_]?delivery(?:-?system)?|microsoftexchange[0-9a-f]*|mmdf|no-?delivery|mail-?delivery-?subsystem)\Z",
    re.IGNORECASE,
)
# A courier writes from such an address, too.
_MAYBE_DAEMON: Final = re.compile(
    r"(?:no-?reply|delivery(?:[-_]?(?:status|subsystem|notification|failure))?|bounces?|bounce-.*|mail-?(?:server|system|administrator)|"
    r"mailadm|system-?administrator|smtp-?server|exim|postfix|uucp)\Z",
    re.IGNORECASE,
)
_POSTMASTER: Final = re.compile(
    r"(?:.*[-_.+])?(?:post[-_.]?master|mail[-_.]?master)[\w.-]*\Z|hostmaster|mailmaster\Z|sysadmin\Z|mail-?admin\Z",
    re.IGNORECASE,
)
_DAEMON_NAME: Final = re.compile(
    r"mail(?:er)?[-_ ]?(?:daemon|deliver|system|administrator|server)|mail (?:delivery|deliver|router|system|"
    r"administrator)|delivery (?:sub)?system|post\s?master|system administrator|"
    r"microsoft (?:exchange|outlook)|interscan|internet mail delivery|mailer|delivery (?:status )?notification|"
    r"systemadministrator|نظام تسليم البريد|مدير النظام|メール配信",
    re.IGNORECASE,
)
_SUBJECT: Final = re.compile(
    r"undeliver|un-?deliverable|(?:mail|message)?[\s_-]*deliver(?:y|"
    r"ing)?[\s_-]*(?:system)?[\s_:-]*(?:has |was )?(?:fail|problem|error|status|delay|report|notif|"
    r"unsuccess|incomplete|warning|temporar)|returned (?:mail|e-?mail|message|to sender)|"
    r"return(?:ed|ing) (?:mail|message|to)|failure (?:notice|notification|delivery)|failed (?:mail|"
    r"delivery|message|to deliver)|(?:mail|message|delivery|email|e-mail)\s(?:failure|failed|error|"
    r"rejected|bounced|blocked|returned|refused|not delivered|delayed)|"
    r"non[- ]?(?:delivery|deliverable|remis|receipt)|could ?n[o']t (?:be )?(?:deliver|send|sent)|"
    r"not (?:be )?delivered|unable to deliver|cannot (?:be )?deliver|can'?t deliver|\bdsn\b|\bndr\b|"
    r"bounce(?:d)? (?:mail|message|e-?mail|notif)|mail system error|"
    r"rejected (?:mail|message)|undelivery|\[bounce\]|warning: (?:could not send|message|mail|e-?mail)|"
    r"see transcript|postmaster (?:notify|warning)|mail(?:box)? (?:is )?(?:full|unavailable|over quota)|"
    r"user unknown|error sending|delivery has|no such user|transmission (?:report|failure)|error mail|"
    r"message you sent|mail could not|recipient.{0,20}(?:unknown|rejected)|permanent (?:error|failure)|"
    r"unzustellbar|nicht zugestellt|zustellung.{0,20}(?:fehl|verz|nicht)|fehler.{0,30}zustell|"
    r"mail konnte nicht|unzustellbare|zur[uü]ck an absender|rückantwort|"
    r"non remis|échec de (?:la )?(?:remise|distribution)|non distribu|impossible de remettre|"
    r"no se (?:puede|pudo) entreg|no entregad|imposible entreg|error de entrega|devuelto|"
    r"n[aã]o (?:p[oô]de|foi) (?:ser )?entreg|n[aã]o entregue|falha na entrega|devolv|"
    r"mancato recapito|impossibile recapit|errore.{0,20}(?:consegna|recapito)|consegna.{0,20}(?:fallita|"
    r"non)|onbestelbaar|niet (?:afgeleverd|bezorgd)|kan niet worden (?:bezorgd|afgeleverd)|"
    r"kunde inte (?:levereras|skickas)|olevererbar|kunne ikke lever|ikke leveres|uleverbar|"
    r"не (?:удалось )?доставлен|недоставлен|не может быть доставлен|ошибка доставки|возвращен|"
    r"nie (?:można|udało).{0,30}(?:dostarcz|doręcz)|niedostarcz|zwrot|nedoru[čc]iteln|nedoru[čc]en|"
    r"kézbesíthetetlen|toimitus.{0,10}(?:epäonn|ei)|teslim edile?me|"
    r"配信(?:不能|できま|に失敗|エラー)|送信(?:エラー|でき|失敗)|未配信|エラーメール|"
    r"メール.{0,6}エラー|戻り|退信|无法(?:送达|投递|传递)|無法(?:傳遞|送達)|投递失败|"
    r"系统退信|退回|未能(?:送达|投递)|전송(?:이)? ?(?:실패|할 수)|배달(?:되지|할 수)|반송|"
    r"تعذر (?:تسليم|إرسال|توصيل|التسليم)|تعذّر (?:تسليم|إرسال)|لم يتم (?:تسليم|التسليم|توصيل)|"
    r"فشل (?:في )?(?:ال)?(?:تسليم|إرسال|توصيل)|غير قابل(?:ة)? للتسليم|رسالة مرتجعة|"
    r"إشعار (?:حالة )?(?:ال)?تسليم|إشعار بعدم التسليم|حالة التسليم|לא נמסר|μη παράδοσ",
    re.IGNORECASE,
)
_BODY: Final = re.compile(
    r"this is the (?:qmail-send program|mail system at host|postfix|mail delivery|e?mail (?:server|"
    r"gateway|system)|mail transfer)|i(?:'m| am) (?:sorry|afraid).{0,60}(?:deliver|message|inform)|"
    r"permanent (?:fatal )?errors?|transient.{0,30}errors?|fatal errors|"
    r"(?:could|can|was|were|has|have|had|did|would|will) ?n[o']t ?(?:yet )?(?:be |been |"
    r"reach(?:ed)? )?(?:successfully |possible to )?(?:deliver|sent|reach|relayed|route|accept|process|"
    r"receive)|unable to (?:deliver|send|relay|process)|fail(?:ed|ure) (?:to|in) (?:deliver|send)|"
    r"undeliver|not delivered|"
    r"delivery (?:to|of|attempt|has|was|status|failed|temporarily|for|error)|transcript of session|"
    r"the following (?:address|recipient|destination|user|message|error)|returned (?:to|mail|message|"
    r"undelivered|because|by)|rejected (?:your|the|by|because)|bounce|"
    r"user (?:is )?(?:unknown|not (?:found|known))|unknown (?:user|recipient|address|host|local)|"
    r"no such (?:user|mailbox|recipient|person|address)|recipient (?:address )?(?:rejected|not found|"
    r"unknown)|mailbox (?:is )?(?:full|unavailable|not found|disabled|does)|over (?:the )?quota|"
    r"quota exceeded|"
    r"\b[45]\d\d[ -][45]\.\d{1,3}\.\d{1,3}\b|#[45]\.\d\.\d|\b5[0-5]\d[ -]\S|status:\s*[45]\.\d|"
    r"diagnostic-code|final-recipient|host (?:unknown|not found)|retry (?:timeout|time)|"
    r"message (?:will be )?(?:retried|delayed)|undelivered|"
    r"does not (?:exist|have|like)|doesn'?t (?:have|exist)|(?:address|account).{0,30}(?:disabled|"
    r"inactive|suspended|closed)|message size exceeds|action: (?:failed|delayed)|"
    r"original message (?:follows|was|headers?)|"
    r"nicht zugestellt|zugestellt werden|unbekannt|non.{0,10}remis|distribu[ée]|no (?:se )?(?:pudo|"
    r"ha podido|puede).{0,20}entreg|entregue|entregad|recapit|consegn|bezorgd|afgeleverd|leverer|"
    r"доставлен|dostarcz|doru[čc]|"
    r"配信|送信でき|お届け|届け(?:られ|でき)|宛先|存在しま|エラー|送达|投递|退信|退回|傳遞|전송|배달|"
    r"반송|تسليم|توصيل|تعذر|مرتجع",
    re.IGNORECASE,
)
# Said by programs only; with a sender that is a program, or a null return path, nothing more is needed.
_ONLY_PROGRAMS: Final = re.compile(
    r"this is the mailer-daemon|undeliverable mail$|running the courier mail server|your mail sent on:|"
    r"your message to the following recipients? cannot be delivered|"
    r"this is the (?:qmail-send program|mail system at host|postfix program)|permanent fatal errors|"
    r"transcript of session follows|a message that you sent could not be delivered|"
    r"this message was created automatically by (?:mail delivery software|the mail system|the smtp)|"
    r"your message (?:did not reach|was not delivered to|cannot be delivered to|"
    r"could not be delivered to) |delivery to the following recipients? (?:failed|has been|permanently)|"
    r"the following (?:addresses had|recipients? (?:did not|could not|cannot))|"
    r"^\s*final-recipient\s*:\s*rfc822|the mail system\s*$|undelivered-message-id|"
    r"i have been unable to deliver this message|sorry, we were unable to deliver your message|"
    r"message (?:could not|cannot) be delivered to (?:one or more|the following)|"
    r"the original message was received at|----- unsent message|--- the message cannot be delivered|"
    r"failed addresses follow|-+ ?(?:below this line is|this is) a copy of the (?:message|original)|"
    r"message header follows|the following message to <[^>]+> was undeliverable|unrouteable address",
    re.IGNORECASE | re.MULTILINE,
)
# An address or a reply code on a line of its own, as in a table of failures.
_FORM: Final = re.compile(
    r"^[ \t>]*(?:<?[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+>?[ \t]*:?[ \t]*$|[45]\d\d[ -]|"
    r"(?:error|reason|recipient|to)\b[^\n]{0,30}:[ \t]*$|rcpt to\s*:)",
    re.IGNORECASE | re.MULTILINE,
)
_ENVELOPE: Final = re.compile(r"^[ \t]*mail from:.*\n[ \t]*rcpt to:", re.IGNORECASE | re.MULTILINE)
_RETURNED: Final = re.compile(
    r"^(?:-{2,}+.{0,60}(?:original|returned|undelivered|copy|message|unsent|received|mail|header).{0,60}|"
    r"received: (?:from|by) .{0,200}|return-path: ?<.{0,120}|message-id: ?<.{1,200})$",
    re.IGNORECASE | re.MULTILINE,
)
_FAILED_ACTION: Final = re.compile(
    r"^\s*Action\s*:\s*(failed|delayed|failure|deferred)", re.IGNORECASE | re.MULTILINE
)
_STATUS: Final = re.compile(
    r"^\s*(?:Final-Recipient|Original-Recipient|Reporting-MTA|Diagnostic-Code)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
# Refusals of the list server fml, which have no standard form.
_LIST_REFUSAL: Final = re.compile(
    r"reject|ignored|error|not (?:a )?member|loop|too (?:big|large)|size|notif|status report", re.IGNORECASE
)
_POSITIVE: Final = re.compile(
    r"^\s*Action\s*:\s*(?:delivered|relayed|expanded)", re.IGNORECASE | re.MULTILINE
)


def is_bounce(parsed: Parsed) -> bool:
    """Whether the mail says that a mail was not delivered, or not yet. A person who forwards or quotes one is no
    bounce: a machine's sender or form is needed besides the words."""
    if is_success(parsed):
        return False
    fields = parsed.fields
    if fields.has("x-mlserver") and _LIST_REFUSAL.search(parsed.subject):
        return True
    status = [report for report in parsed.reports if "delivery" in report.type]
    if status and parsed.type == "multipart/report":
        return True
    if parsed.type == "multipart/report" and "delivery-status" in fields.text("content-type").lower():
        return True
    machine = _by_machine(parsed)
    if status and (machine >= 1 or _STATUS.search(status[0].text)) and not _quoted_by_person(parsed):
        return True
    if fields.has("x-failed-recipients") and machine >= 1:
        return True
    if fields.has("x-failed-recipients") and fields.text("x-failed-recipients").count("@"):
        return True
    head = parsed.text[:6000]
    titled = bool(_SUBJECT.search(parsed.subject))
    replied = re.match(r"\s*(?:re|aw|sv|antw|رد|الرد)\s*:", parsed.subject, re.IGNORECASE) is not None
    said = bool(_BODY.search(head))
    only = bool(_ONLY_PROGRAMS.search(head))
    returned = bool(parsed.returned) or bool(_RETURNED.search(parsed.text[:60_000]))
    if machine >= 3:
        return titled or only or (said and (returned or machine >= 4 or not replied))
    if machine == 2:  # people write as postmaster, too: besides the words there is a program's form
        formed = returned or only or _is_formed(head, parsed)
        return bool(_ENVELOPE.search(head)) or (
            not replied and formed and ((titled and said) or (only and returned))
        )
    if machine == 1:
        return not replied and titled and (only or (said and returned))
    # Nobody says it is a machine: title, words and the returned mail must all be there.
    return not replied and titled and only and returned and not _quoted_by_person(parsed)


def _is_formed(text: str, parsed: Parsed) -> bool:
    own = parsed.from_address.lower()  # in a signature
    return any(not own or own not in found[0].lower() for found in _FORM.finditer(text))


def is_success(parsed: Parsed) -> bool:
    """A delivery report that names no failure: delivered, relayed or expanded (RFC 3464 §2.3.3)."""
    status = "\n".join(report.text for report in parsed.reports if "delivery" in report.type)
    return bool(_POSITIVE.search(status)) and not _FAILED_ACTION.search(status)


def _quoted_by_person(parsed: Parsed) -> bool:
    """A person's mail with a report attached: an ordinary sender above words of his own."""
    return bool(parsed.from_address) and _by_machine(parsed) == 0 and parsed.type != "multipart/report"


def _by_machine(parsed: Parsed) -> int:
    """How much speaks for a program as the sender: 0 nothing, 1 only a display name, 2 a postmaster, 3 a mailer
    daemon or an empty return path, 4 both."""
    local = parsed.from_address.partition("@")[0].strip().strip('"')
    path = parsed.fields.text("return-path").strip() if parsed.fields.has("return-path") else None
    empty = path is not None and path.replace(" ", "") in {
        "<>",
        "",
        "<MAILER-DAEMON>",
        "MAILER-DAEMON",
        "<>@",
        '<"">',
    }
    if path is not None and re.match(r"<?(?:mailer-daemon|double-bounce)", path, re.IGNORECASE):
        empty = True
    score = 3 if empty else 0
    if _DAEMON.match(local):
        score += 3
    elif _POSTMASTER.match(local):
        score += 2
    elif _DAEMON_NAME.search(parsed.from_name) and "." not in parsed.from_address:
        score += 3  # "Mailer Daemon <>"
    elif _MAYBE_DAEMON.match(local) or _DAEMON_NAME.search(parsed.from_name) or not parsed.from_address:
        score += 1
    return min(score, 4)


def null_return_path(parsed: Parsed) -> bool:
    """Whether the mail must not be answered by its envelope (RFC 5321 §4.5.5)."""
    paths = parsed.fields.texts("return-path")
    return bool(paths) and paths[0].strip() == "<>"


# -- whose mail it was ---------------------------------------------------------------------------------------------

_ADDRESS: Final = r"(?:\"[^\"\s]{1,100}\"|[^\s<>\"'(),;:\[\]&?]{1,128})@[^\s<>\"'(),;:\[\]&?]{1,255}\b"
_RECIPIENT: Final = re.compile(
    r"^[ \t]*(Final|Original)-Recipient[ \t]*:[ \t]*(?:[\w.-]+[ \t]*;)?[ \t]*<?[ \t]*([^\s<>;]+@[^\s<>;]+)",
    re.IGNORECASE | re.MULTILINE,
)
_ACTUAL: Final = re.compile(
    r"^[ \t]*X-Actual-Recipient[ \t]*:[ \t]*(?:[\w.-]+[ \t]*;)?[ \t]*<?[ \t]*([^\s<>;]+@[^\s<>;]+)",
    re.IGNORECASE | re.MULTILINE,
)
_ANY: Final = re.compile(_ADDRESS)
_TEXTUAL: Final = tuple(
    re.compile(pattern.replace("ADDRESS", f"({_ADDRESS})"), re.IGNORECASE | re.MULTILINE)
    for pattern in (
        r"^\s*Final-Recipient\s*:\s*[\w-]+\s*;\s*<?ADDRESS",
        r"(?:addresses? had|recipients?\(?s?\)?.{0,60}|addresses?.{0,40}|users?|mailbox(?:es)?|"
        r"destinations?)[^\n]{0,80}:[*•>\s-]{0,200}[<\"'(]?ADDRESS",
        r"^[ \t]*<ADDRESS>[ \t]*:",
        r"^[ \t]*<ADDRESS>(?:\.\.\.|[ \t]*$)",
        r"(?<![\w.+-])(?:to|for|recipient|user|address|mailbox|rcpt to:?|delivered to|deliver to|deliver mail to|"
        r"delivering to)[ \t]*[:=]?[ \t]*(?:<|&lt;|\")?ADDRESS(?:>|\"|&gt;)?",
        r"[45]\d\d[ -][^\n]{0,80}?<?ADDRESS",
        r"(?:宛先|受信者|アドレス|收件人|المستلم|العنوان|المستلمون)[^\n]{0,40}[:：]?\s{0,6}<?ADDRESS",
        r"^[ \t]*ADDRESS[ \t]*[:(]?[ \t]*$",
        r"^[ \t]*<?ADDRESS>?",
    )
)
_HEADER_TO: Final = re.compile(
    r"^(?:To|X-Original-To|Delivered-To|X-Envelope-To)\s*:(.{1,300})$", re.IGNORECASE | re.MULTILINE
)


def bounced_address(parsed: Parsed) -> str:
    """The address that could not be reached, as written; empty where the mail does not say."""
    for report in parsed.reports:
        found = {
            kind.lower(): address for kind, address in reversed(_RECIPIENT.findall(report.text[:50_000]))
        }
        # The address that we wrote to matters: Original-Recipient, then Final-Recipient.
        address = found.get("original") or found.get("final")
        actual = _ACTUAL.search(report.text[:50_000])
        if address or actual:
            return _clean(address or (actual[1] if actual else ""))
    failed = openings.ADDRESS.search(parsed.fields.text("x-failed-recipients"))
    if failed:
        return _clean(failed[0])
    text = parsed.text[:20_000]
    cut = _RETURNED.search(text)
    said = text[: cut.start()] if cut and cut.start() > 40 else text
    for pattern in _TEXTUAL:
        for match in pattern.finditer(said):
            address = _clean(match[1])
            if not _own(address, parsed):
                return address
    others = {_clean(found[0]) for found in _ANY.finditer(said)}
    others = {address for address in others if not _own(address, parsed)}
    if len(others) == 1:
        return others.pop()
    headers = parsed.returned or (text[cut.start() :] if cut else "")
    for match in _HEADER_TO.finditer(headers[:20_000]):
        address_found = openings.ADDRESS.search(match[1])
        if address_found:
            return _clean(address_found[0])
    return ""


def _own(address: str, parsed: Parsed) -> bool:
    """The reporting machine's own address, or the one the report was sent to."""
    local = address.partition("@")[0].lower()
    if _DAEMON.match(local) or _MAYBE_DAEMON.match(local) or _POSTMASTER.match(local):
        return True
    return address.lower() == parsed.from_address.lower() or any(
        address.lower() == box.address.lower() for box in parsed.to
    )


def _clean(address: str) -> str:
    return address.strip().strip("<>\"'").removeprefix("mailto:").rstrip(".,;:").strip("<>&;")[:320]


# -- what follows from it ------------------------------------------------------------------------------------------

_ACTION: Final = re.compile(r"^[ \t]*Action[ \t]*:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_CODE: Final = re.compile(r"^[ \t]*Status[ \t]*:[ \t]*([245])\.\d", re.IGNORECASE | re.MULTILINE)
_TEXT_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d(?:[ -]|\b)|[#( ]([45])\.\d{1,3}\.\d{1,3}\b")
_DELAYED: Final = re.compile(
    r"delay|warning|will (?:be retried|continue to try|keep trying)|still being retried|do not need to resend|"
    r"verzögert|retard|retrasad|تأخر|متأخر|مؤجل",
    re.IGNORECASE,
)
_RETURNED_ID: Final = re.compile(
    r"^[ \t>]*Message-ID[ \t]*:[ \t\r\n]*(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE
)


def permanence(parsed: Parsed) -> str:
    """``permanent`` or ``temporary``; empty where the bounce does not say. A status 4.x after a final "failed" (the
    queue's time is over) is temporary: the address may be good."""
    status = "\n".join(report.text[:50_000] for report in parsed.reports)
    actions = {action.lower() for action in _ACTION.findall(status)}
    if actions and actions <= {"delayed", "deferred"}:
        return "temporary"
    code = _CODE.search(status)
    if code is not None and code[1] != "2":
        return "permanent" if code[1] == "5" else "temporary"
    if _DELAYED.search(parsed.subject):
        return "temporary"
    said = _TEXT_CODE.search(parsed.text[:6000])
    if said is None:
        return "permanent" if "failed" in actions else ""
    return "permanent" if (said[1] or said[2]) == "5" else "temporary"


def returned_message_ids(parsed: Parsed) -> tuple[str, ...]:
    """The Message-IDs of the mail that came back, with brackets, in the order in which they are likely ours."""
    found = [*_RETURNED_ID.findall(parsed.returned), *_RETURNED_ID.findall(parsed.text[:100_000])]
    return tuple(dict.fromkeys([*found, *parsed.in_reply_to, *reversed(parsed.references)]))[:20]

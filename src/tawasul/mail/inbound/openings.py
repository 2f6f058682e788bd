"""How mail programs of many languages open a quotation, and the fields they copy above a quoted mail."""

import re
from typing import Final

# What stands around a name and a date in "On …, … wrote:". Matched as whole words where the script has words.
_WROTE_TEXT: Final = (
    "كتب|كتبت|بكتابة ما يلي|كتبا|كتبوا|يكتب|تكتب|قام بالكتابة|تمت كتابة ما يلي بواسطة|تمت كتابة ما يلي|أرسل|أرسلت|نوشت|"
    "نوشته است|نوشته|لکھا|wrote|writes|has written|wrote the following|said|a écrit|a ecrit|écrit|"
    "écrivait|schrieb|schrieben|geschrieben|hat geschrieben|schreibt|escribió|escribio|ha escrito|"
    "escrigué|va escriure|ha escrit|ha scritto|scrisse|scrive|escreveu|escreveram|schreef|"
    "het volgende geschreven|heeft geschreven|skrev|skrev følgende|skreiv|skrifaði|kirjoitti|napisał|"
    "napisała|napisał(a)|napisal|napisal(a)|napisala|pisze|napsal|napsala|napsal(a)|napísal|napísala|"
    "napísal(a)|je napisao|je napisala|je napisao/la|napisao je|je pisal|je napisal|a scris|scrie|írta|"
    "ezt írta|yazdı|şunları yazdı|şunu yazdı|tarihinde yazdı|viết|đã viết|menulis|telah menulis|wrot|"
    "rašė|parašė|rakstīja|kirjutas|idatzi du|egrafe|shkroi|ka shkruar|sumulat|escribiu|aliskribis|"
    "написал|написала|написал(а)|написа|пишет|писал|писала|писал(а)|пише|написав|написав(ла)|напісаў|"
    "је написао|έγραψε|έγραψαν|γράφει|כתב|כתבה|כתב/ה|כתב:|ने लिखा|เขียนว่า|เขียน|写道|寫道|写到|撰写|寫|写|"
    "さんは書きました|は書きました|さんが書きました|のメッセージ|님이 작성|작성|님이 쓴 글|썼습니다|"
    "작성했습니다|쓰셨습니다"
)
_CJK: Final = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_WROTE: Final = frozenset(_WROTE_TEXT.split("|"))
_WROTE_WORDS: Final = sorted({w for w in _WROTE if not _CJK.search(w)}, key=len, reverse=True)
_WROTE_GLUED: Final = sorted({w for w in _WROTE if _CJK.search(w)}, key=len, reverse=True)
_WORDS_OF_WRITING: Final = "|".join(map(re.escape, _WROTE_WORDS))
_GLUED_OF_WRITING: Final = "|".join(map(re.escape, _WROTE_GLUED))
WROTE: Final = re.compile(
    rf"(?<![^\W\d_])(?:{_WORDS_OF_WRITING})(?![^\W\d_])|(?:{_GLUED_OF_WRITING})", re.IGNORECASE
)

_MONTHS: Final = (
    "jan|feb|mar|mär|maa|apr|avr|abr|mai|may|mei|maj|maggio|jun|juin|giu|jul|juil|lug|aug|août|aout|ago|"
    "sep|set|okt|oct|ott|out|nov|dec|déc|dez|dic|des|"
    "janv|fév|fevr|gen|ene|styc|lut|kwi|cze|lip|sier|wrz|paź|list|gru|led|úno|bře|dub|kvě|čer|srp|zář|"
    "říj|pro|ianu|febr|mart|iun|iul|nie|"
    "янв|фев|мар|апр|мая|май|июн|июл|авг|сен|окт|ноя|дек|січ|лют|бер|квіт|трав|чер|лип|серп|вер|жовт|"
    "лист|груд|ocak|şub|nis|haz|tem|ağu|eyl|eki|kas|ara|"
    "tammi|helmi|maalis|huhti|touko|kesä|heinä|elo|syys|loka|marras|joulu|"
    "ינו|פבר|מרץ|אפר|מאי|יוני|יולי|אוג|ספט|אוק|נוב|דצמ|ιαν|φεβ|μαρ|απρ|μαΐ|μαϊ|ιουν|ιουλ|αυγ|σεπ|οκτ|νοε|δεκ|"
    "يناير|فبراير|مارس|أبريل|ابريل|إبريل|مايو|يونيو|يونيه|يوليو|يوليه|أغسطس|اغسطس|سبتمبر|أكتوبر|اكتوبر|"
    "نوفمبر|ديسمبر|"
    "كانون|شباط|آذار|نيسان|أيار|حزيران|تموز|آب|أيلول|تشرين|جانفي|فيفري|أفريل|ماي|جوان|جويلية|أوت|"
    "محرم|صفر|ربيع|جمادى|رجب|شعبان|رمضان|شوال|ذو القعدة|ذو الحجة|月|월"
)
_TIME: Final = (
    r"\d{1,2}\s?[:.h٫]\s?\d{2}|\d{1,2}\s?(?:[ap]\.?\s?m\b|ص\b|م\b|uhr|klo)|"
    r"(?:下午|上午|午前|午後|오전|오후)\s?\d"
)
_DAY: Final = r"\d{4}[-/.年년]\s?\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\s?\d{2,4}"
# A date is a day with its month or year, or a time beside a number. A lone number is none.
DATE: Final = re.compile(
    rf"{_DAY}|{_TIME}|\b\d{{1,2}}\.?,?\s(?:de\s|d['’])?(?:{_MONTHS})|(?:{_MONTHS})[^\W\d_]*\.?\s\d{{1,2}}\b",
    re.IGNORECASE,
)
_WHEN: Final = re.compile(rf"{_TIME}|\d{{4}}", re.IGNORECASE)
ADDRESS: Final = re.compile(
    r"[^\s<>@\[\]()\"“”']+@[^\s<>@]+\.[^\s<>@]+|<\s*(?:mailto:)?[^<>@\s]+@[^<>@\s]+\s*>|&lt;[^&\s]+@[^&\s]+&gt;"
)

_ORIGINAL_TEXT: Final = (
    "original message|original e-mail|original email|original appointment|forwarded message|"
    "forwarded email|reply message|message transféré|message transfere|message d'origine|"
    "message d’origine|message original|message initial|courriel original|email original|"
    "ursprüngliche nachricht|antwort nachricht|original nachricht|"
    "urspruengliche nachricht|originalnachricht|original-nachricht|"
    "ursprungliche nachricht|originalmeldung|weitergeleitete nachricht|ursprüngliche mail|"
    "mensaje original|mensaje reenviado|forwarded by|mensagem original|mensagem encaminhada|"
    "messaggio originale|messaggio inoltrato|messaggio originario|oorspronkelijk bericht|"
    "origineel bericht|doorgestuurd bericht|исходное сообщение|пересылаемое сообщение|"
    "пересланное сообщение|оригинальное сообщение|начало переадресованного сообщения|"
    "конец переадресованного сообщения|вихідне повідомлення|оригінальне повідомлення|originalmeddelande|"
    "ursprungligt meddelande|vidarebefordrat meddelande|opprinnelig melding|original besked|"
    "oprindelig meddelelse|oprindelig besked|videresendt melding|videresendt meddelelse|"
    "original meddelelse|oprindelig|alkuperäinen viesti|välitetty viesti|wiadomość oryginalna|"
    "oryginalna wiadomość|treść przekazanej wiadomości|przekazana wiadomość|wiadomość przekazana|"
    "původní zpráva|původní e-mail|přeposlaná zpráva|pôvodná správa|preposlaná správa|mesaj original|"
    "mesajul original|mesaj redirecționat|eredeti üzenet|továbbított üzenet|originalna poruka|"
    "izvirno sporočilo|orijinal mesaj|özgün ileti|orjinal mesaj|özgün mesaj|yönlendirilen ileti|"
    "yönlendirilmiş mesaj|iletilen mesaj|αρχικό μήνυμα|προωθημένο μήνυμα|הודעה מקורית|ההודעה המקורית|"
    "הודעה שהועברה|מקור ההודעה|原始邮件|原始郵件|原邮件|转发邮件信息|轉寄的郵件|转发的邮件|已转发邮件|"
    "转发邮件|原文|元のメッセージ|転送メッセージ|転送されたメッセージ|"
    "original mesage|원본 메시지|원본 메일|전달된 메시지|원래 메시지|tin nhắn gốc|pesan asli|"
    "الرسالة الأصلية|رسالة أصلية|"
    "الرساله الاصليه|الرسالة الاصلية|رسالة اصلية|النص الأصلي|رسالة محولة|رسالة معاد توجيهها|"
    "رسالة مُعاد توجيهها|الرسالة المحولة|الرسالة المعاد توجيهها|الرسالة المعاد إرسالها|البريد الأصلي|"
    "الموعد الأصلي|پیام اصلی|begin message"
)
_ORIGINAL_WORDS: Final = "|".join(
    re.escape(words) for words in sorted(_ORIGINAL_TEXT.split("|"), key=len, reverse=True)
)
ORIGINAL: Final = re.compile(
    rf"[\s>*_]*[-–—_=*]{{1,}}\s*\*?(?:{_ORIGINAL_WORDS})\b[^-\n]{{0,60}}[\s*]*[-–—_=*:]*\s*\Z", re.IGNORECASE
)
_BEGIN_FORWARD: Final = re.compile(
    r"\s*(?:begin forwarded message|start of forwarded message|d[ée]but du message (?:r[ée]exp[ée]di[ée]|"
    r"transf[ée]r[ée])|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"inizio messaggio inoltrato|inicio del mensaje reenviado|in[ií]cio da mensagem (?:encaminhada|"
    r"reencaminhada)|begin doorgestuurd bericht|"
    r"vidarebefordrat brev|videresendt (?:melding|besked)|v[äa]litetty viesti alkaa|"
    r"начало переадресованного сообщения|起始被转发的邮件|开始转发的邮件|开始转发|"
    r"転送されたメッセージ|전달된 메시지 시작|(?:بداية|بدء) الرسالة (?:المحولة|المعاد توجيهها|المُعاد توجيهها|"
    r"المعاد إرسالها)|"
    r"تبدأ الرسالة المعاد توجيهها|"
    r"rozpocz[ęe]cie przekazanej wiadomo[śs]ci|za[čc][áa]tek p[řr]epos[íi]lan[ée] zpr[áa]vy|"
    r"mesaj redirec[țt]ionat|iletilen mesajın başlangıcı|(?:תחילת|התחלת) ההודעה שהועברה)\s*[:：]\s*\Z",
    re.IGNORECASE,
)
# "Reply above this line" of helpdesks.
_REPLY_ABOVE: Final = re.compile(
    r"[\s>#*=_-]*(?:please\s+)?(?:(?:type|write|enter|add)\s+your\s+(?:reply|response|answer)|reply|"
    r"respond)\s+above\s+(?:this\s+line|the\s+line\W*\Z)|[\s>#*=_-]*in replying.{0,30}above this line"
    r"|[\s>#*=_-]*(?:الرجاء\s+)?(?:اكتب|أكتب|يرجى كتابة|كتابة)\s*(?:ردك|الرد|ردّك)?\s*(?:فوق|"
    r"أعلى)\s+هذا\s+(?:السطر|الخط)|[\s>#*=_-]*(?:bitte .{0,40}(?:oberhalb|über) dieser (?:zeile|linie)|"
    r"(?:merci de |veuillez )?(?:répond|écri).{0,40}au-dessus de cette ligne|"
    r"(?:por favor,? )?(?:respond|escrib).{0,40}encima de esta línea|"
    r"(?:rispond|scriv|inserisc).{0,40}sopra questa riga|"
    r"(?:respond|escrev|digite).{0,40}acima d(?:esta|a) linha|(?:typ|plaats|schrijf).{0,40}boven deze (?:regel|lijn)|"
    r".{0,30}ответ.{0,20}выше этой (?:строки|линии))\W*(?:\w+\W*)?\Z", re.IGNORECASE,
)  # fmt: skip
# Decorated, as programs do: a heading of the writer's own words is none.
_PREVIOUS: Final = re.compile(
    r"\s*[*_-]{1,3}\s*(?:previous replies|previous discussion|الردود السابقة|vorherige antworten|réponses précédentes|"
    r"respuestas anteriores|risposte precedenti|respostas anteriores|(?:vorige|eerdere) (?:antwoorden|reacties)|"
    r"предыдущие ответы|poprzednie odpowiedzi|tidigare svar|aiemmat vastaukset|(?:之前|先前)的回[复覆])"
    r"\s*[*_-]{1,3}\s*:?\s*\Z",
    re.IGNORECASE,
)

_NAMES: Final = {
    "from": "from|von|de|da|van|от|від|от кого|från|fra|frá|od|lähettäjä|发件人|寄件者|寄件人|發件人|差出人|"
    "送信者|送信元|보낸 사람|보낸사람|"
    "발신|발신자|kimden|gönderen|מאת|من|المرسل|مرسل من|feladó|nadawca|expéditeur|remitente|remetente|mittente|"
    "afzender|avsändare|afsender|avsender|odesílatel|odesilatel|odosielateľ|de la|expeditor|"
    "absender|από|از|dari|saatja|nuo|từ|จาก",
    "sent": "sent|gesendet|envoyé|envoye|enviado|enviada|enviado el|enviada em|inviato|verzonden|отправлено|"
    "надіслано|дата отправки|skickat|sendt|wysłano|wysłane|lähetetty|odesláno|odoslané|trimis|elküldve|"
    "发送时间|发送日期|寄件日期|傳送時間|送信日時|보낸 날짜|보낸날짜|보낸 시간|gönderildi|"
    "gönderme tarihi|נשלח|تم الإرسال|تاريخ الإرسال|"
    "وقت الإرسال|أرسلت|أُرسلت|الإرسال|ارسلت|sendt den|στάλθηκε|"
    "date|datum|fecha|data|дата|dato|päivä|päiväys|päivämäärä|日期|时间|時間|日時|日付|날짜|"
    "tarih|תאריך|"
    "التاريخ|تاريخ|بتاريخ|dátum|ημερομηνία|sent at|received|date d'envoi|data wysłania|sent on|"
    "تاریخ",
    "to": "to|an|à|a|para|aan|кому|till|til|do|vastaanottaja|komu|收件人|收件者|宛先|받는 사람|받는사람|수신|"
    "kime|alıcı|אל|إلى|"
    "الى|المرسل إليه|destinataire|destinatario|destinatário|către|catre|címzett|προς|pre|adresat|"
    "empfänger|ontvanger|mottagare|modtager|به",
    "cc": "cc|bcc|copie|copie à|kopie|kopia|kopio|kopi|copia|cópia|抄送|副本|참조|bilgi|עותק|נסחה|نسخة|"
    "نسخة إلى|"
    "نسخة كربونية|копия|копія|másolat|κοιν.|κοιν|copie carbone|cópia para|di|dw|cc:|reply-to|reply to|"
    "répondre à|antwort an|responder a|الرد على|الرد إلى|importance|priority|wichtigkeit|الأهمية|أهمية|"
    "attachment|attachments|anlage|anlagen|المرفقات|organization|organisation|mailed-by|signed-by|x-mailer|posteingang",
    "subject": "subject|betreff|betr|objet|sujet|asunto|oggetto|onderwerp|тема|ämne|emne|efni|temat|aihe|předmět|"
    "predmet|predmět|主题|主旨|主題|標題|件名|제목|konu|נושא|הנדון|الموضوع|موضوع|عنوان الرسالة|assunto|"
    "subiect|tárgy|"
    "θέμα|re|subj|titel|rubrik|chủ đề|perihal|เรื่อง",
}
_ROLE_OF: Final = {name: role for role, names in _NAMES.items() for name in names.split("|")}
_FIELD: Final = re.compile(r"[\s>*_|]*([^\W\d_][^:：\n*]{0,28}?)[*_]*\s*[:：][*_]*\s*(.*)\Z")
# Direction marks, vowel marks and the tatweel change how a line looks, not what it says.
_UNSEEN: Final = re.compile(
    "[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u200b\ufeff\u0640\u064b-\u0652\u0670]"
)


def plain(line: str) -> str:
    """A line for matching: without direction marks, every blank an ordinary one."""
    if line.isascii():
        return line
    return _UNSEEN.sub("", line).replace("\u00a0", " ").replace("\u202f", " ").replace("\u3000", " ")


def field_role(line: str) -> str:
    """from, sent, to, cc or subject where ``line`` (plain) is such a copied field; empty where it is none."""
    found = _FIELD.match(line[:300])
    if found is None:
        return ""
    return _ROLE_OF.get(found[1].strip().lower(), "")


def is_marker(line: str) -> bool:
    """Whether ``line`` (plain) announces an older mail below: "-----Original Message-----" and its like."""
    if len(line) > 160:
        return False
    return bool(
        ORIGINAL.match(line)
        or _BEGIN_FORWARD.match(line)
        or _REPLY_ABOVE.match(line)
        or _PREVIOUS.match(line)
    )


# Words that an attribution begins with; a line that begins otherwise needs an address to count.
_STARTS: Final = re.compile(
    r"(?:on|at|in|le|el|il|il giorno|am|um|op|den|dne|dnia|w dniu|em|no dia|na data|a|vào|pada|στις|την|"
    r"în|la|в|во|у|на|in data|"
    r"في|بتاريخ|يوم|تاريخ|در|ב|ב-|ביום|בתאריך|在|於|于|mon|tue|wed|thu|fri|sat|sun|lun|mar|mié|mie|jeu|ven|"
    r"sam|dim|пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"pe|ma|ti|ke|to|la|su|so|lør|søn|tor|ons|man|tir|fre|po|út|st|čt|pá|so|ne|pon|wt|śr|czw|pt|sob|nie|"
    r"pon|uto|sri|čet|pet|sub|ned|"
    r"الأحد|الاثنين|الإثنين|الثلاثاء|الأربعاء|الخميس|الجمعة|السبت)?[\s,.:،-]*"
    r"(?:[^\W\d_]{1,14}[\s,.،]+){0,3}\d", re.IGNORECASE,
)  # fmt: skip
_ENDS: Final = re.compile(r"[:：]\s*[*_]*\s*\Z")
# «بتاريخ … كتب فلان» needs no colon: nobody ends a sentence of his own like that.
_DATED_IN_ARABIC: Final = re.compile(
    r"بتاريخ\s.{6,60}?[،,\s]كتبت?\s[^\s.،,]+(?:\s[^\s.،,]+){0,3}", re.IGNORECASE
)
# "I wrote to you", «كتبت لكم»: told, not quoted.
_PERSONAL: Final = re.compile(
    r"\b(?:i|we|you|they)(?: have| had|'ve)? (?:wrote|written|said)\b|"
    r"schrieb(?:en)? (?:ich|wir|sie)\b|\b(?:vous avez|j'ai|nous avons|on m'a) écrit|\bescribí\b|"
    r"(?:كتب|أرسل)(?:ت|تم|نا|وا)?\s(?:لكم|لك|لي|لنا|إليكم|اليكم|إليك|إلينا)",
    re.IGNORECASE,
)
_DATED_AUTHOR: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b[^<>\n]{0,80}<[^<>\s]+@[^<>\s]+>")
_DASHES: Final = re.compile(r"\A[\s>*_|-]*[-–—]{2,}\s*|\s*[-–—]{2,}\s*\Z")


def is_attribution(line: str, *, quote_follows: bool, alone: bool = False) -> bool:
    """Whether ``line`` (plain, already joined from several) introduces a quotation: someone wrote at some time.

    It must end with a colon (or be framed by dashes) and hold two of: a verb of writing, a date, an address. With a
    quotation right below it, a verb alone suffices. ``alone``: a blank line follows, as programs write; a person who
    tells what somebody wrote goes on in the next line.
    """
    core = line.strip().lstrip("> |").strip()
    if len(core) < 6 or len(core) > 700:
        return False
    framed = _DASHES.sub("", core)
    if framed != core and core.startswith("--"):
        core, alone = framed + ":", True
    ends = _ENDS.search(core)
    wrote = list(WROTE.finditer(core))
    if ends is None:
        # "schrieb Max <a@b> am 3. Mai 2017" and "…, Name <a@b> skrev" without its colon: only above a quotation.
        if len(core) > 250 or _PERSONAL.search(core) or not DATE.search(core):
            return False
        if not wrote:  # "2025/1/5 Noura via Forum <n@example.sa>"
            return quote_follows and bool(_DATED_AUTHOR.fullmatch(core))
        if (
            wrote[-1].end() == len(core)
            and _WHEN.search(core)
            and _STARTS.match(core)
            and ADDRESS.search(core)
        ):
            return True
        if quote_follows and (ADDRESS.search(core) or (_STARTS.match(core) and len(core) < 140)):
            return True
        return bool(alone and _DATED_IN_ARABIC.fullmatch(core) and _WHEN.search(core))
    dated = DATE.search(core)
    addressed = ADDRESS.search(core)
    if wrote and _PERSONAL.search(core):
        return False
    if wrote:
        late = any(found.end() >= len(core) * 0.45 for found in wrote)
        if dated and (addressed or quote_follows):
            return True
        if dated and alone and _WHEN.search(core) and _STARTS.match(core) and late and len(core) < 260:
            return True
        if addressed and (quote_follows or (late and alone)) and len(core) < 260:
            return True
        return quote_follows and wrote[-1].end() >= len(core) - 14 and len(core) < 120
    if dated and addressed and core.rstrip(":： *_").endswith((">", ")", "]", "&gt;")):
        return True
    return bool((alone or quote_follows) and dated and addressed and _STARTS.match(core) and len(core) < 200)


_INNER_START: Final = re.compile(
    r"(?<=\w)[\s.,]{0,3}(?:-{2,}\s?)?"
    r"(?=\b(?:On|Le|El|Il giorno|Op|Am|Em|Den|في|بتاريخ)\s(?:[^\W\d_]{1,12}[.,،]{0,2}\s){0,2}\d)"
)


def shared_at(line: str) -> int:
    """Where in ``line`` (plain) an attribution begins behind words of the writer's: "Thanks On Wed, Apr 4, 2012 …
    wrote:"; 0 where none does. To be asked only above a quotation."""
    if len(line) > 400 or not _ENDS.search(line):
        return 0
    for found in _INNER_START.finditer(line):
        before, inner = line[: found.start()], line[found.end() :]
        if WROTE.search(before) or ADDRESS.search(before) or DATE.search(before):
            return 0
        if WROTE.search(inner) and is_attribution(inner, quote_follows=True):
            return found.end()
    return 0


def may_begin(line: str) -> bool:
    """Whether ``line`` (plain) begins as an attribution does, which may then go on over several lines."""
    core = line.strip().lstrip("-–—* ").strip()
    return bool(core) and bool(_STARTS.match(core)) and bool(DATE.search(core))


def may_go_on(line: str) -> bool:
    """Whether ``line`` (plain) may be the first of two that are one attribution: an address or a verb without end."""
    core = line.strip()
    return (
        len(core) < 120
        and _ENDS.search(core) is None
        and bool(ADDRESS.search(core) or core.endswith(("<", "[")))
    )

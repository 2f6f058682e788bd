"""What mail programs, telephones and companies put below a mail: signatures, rules, disclaimers, list footers."""

import re
from typing import Final

from tawasul.mail.inbound import openings

_DEVICES: Final = (
    r"i\s?phon|i\s?pad|i\s?pod|i\s?mac|macbook|apple|android|samsung|galaxy|black\s?berry|mobile|handy|mobilgerät|"
    r"phone|smart\s?phone|tablet|outlook|hotmail|yahoo|gmail|"
    r"\bmail\b|airmail|windows|nokia|lumia|\bhtc\b|huawei|honor|xiaomi|redmi|poco\b|oppo|vivo|realme|"
    r"one\s?plus|pixel|sony|xperia|\blg\b|motorola|moto\b|"
    r"\bspark\b|mailbox|proton|thunderbird|\bnine\b|k-9|aqua\b|blue\s?mail|typeapp|boxer|edison|canary|"
    r"superhuman|mailspring|polymail|mailbird|postbox|em client|zoho|gmx|web\.de|яндекс|почт|handheld|symbian|"
    r"\bcell|watch|telefon|téléphone|móvil|movil|celular|cellulare|телефон|смартфон|планшет|устройств|"
    r"mobiltelefon|matkapuhelin|"
    r"手机|手機|邮箱|电话|モバイル|스마트폰|휴대|휴대폰|نوكيا|آيفون|ايفون|أيفون|آيباد|ايباد|الآيباد|"
    r"جوال|جوّال|هاتف|الهاتف|"
    r"محمول|سامسونج|سامسونغ|جالاكسي|أندرويد|اندرويد|بلاك\s?بيري|هواوي|ياهو|البريد|جهاز"
)
# The word for sending and what must follow it, so that "Sent mail twice" stays a sentence of the writer's.
_SENT: Final = (
    r"(?:this (?:message|e-?mail) was )?(?:sent|send|written|typed)(?: (?:to you|by me))? (?:from|via|"
    r"using|with|by|on|through)|"
    r"(?:envoy[ée]|exp[ée]di[ée]) (?:de|depuis|avec|par|via|[àa] partir|gr[âa]ce)|gesendet (?:von|mit|"
    r"via|[üu]ber)|"
    r"diese nachricht wurde (?:von|mit)|von meinem|(?:mensaje )?enviad[oa] (?:de|desde|con|por|via|"
    r"a partir|do|da|pelo|atrav)|"
    r"inviat[oa] (?:da|dal|con|tramite|via)|(?:verzonden|verstuurd) (?:vanaf|met|via|van|door)|"
    r"skicka[td]e?s? (?:fr[åa]n|med|via)|"
    r"sendt (?:fra|med|via)|l[äa]hetetty|отправлено? (?:с|со|из|через|от)|надіслано (?:з|із)|"
    r"wys[łl]an[eoya] (?:z|ze|przez)|"
    r"odesl[áa]no (?:z|ze|pomoc)|odoslan[ée] (?:z|zo)|trimis (?:de|din|prin)|poslan[oa] (?:z|s|iz)|"
    r"poslato (?:sa|iz)|"
    r"στάλθηκε από|được gửi từ|gửi từ|dikirim dari|發自|发自|寄自|從我的|从我的|来自|來自|נשלח (?:מ|באמצעות)|ارسال شده|"
    r"فرستاده شده"
)
_FROM_DEVICE: Final = re.compile(
    rf"[\s\W_]{{0,6}}(?:{_SENT})(?:[^.!?؟\n]|\.(?=\S)){{0,70}}?(?:{_DEVICES})(?:[^.!?؟:\n]|"
    rf"\.(?=\w)){{0,60}}[.!]?[\s\W_]*\Z",
    re.IGNORECASE,
)
# In Arabic the same word tells a story of one's own («أرسلت من جوالي صورة السجل»): only names of devices may follow.
_ARABIC_DEVICE: Final = re.compile(
    r"(?=.*(?:[A-Za-z]{3}|هاتف|جوال|جهاز|محمول|[اآأ]يفون|[اآأ]يباد|[أا]ندرويد|ياهو|سامسون|هواوي|نوكيا|بلاك|وتلوك|آي))"
    r"\W*(?:تم (?:الإرسال|الارسال|إرسالها|إرساله)|[أا]رسلت?(?: هذه الرسالة)?|مرسلة?|"
    r"رسالة مرسلة)\s(?:من خلال|من|عبر|بواسطة|باستخدام)"
    r"(?:\s(?:[\w.+®™-]*[A-Za-z0-9][\w.+®™-]*|ال|هاتفي|الهاتف|هاتف|جوالي|الجوال|جوال|جهازي|الجهاز|جهاز|"
    r"المحمول|محمول|الذكي|ذكي|اللوحي|لوحي|"
    r"الخاص|بي|البريد|بريد|الإلكتروني|تطبيق|على|ل|لنظام|نظام|ياهو|سامسونج|سامسونغ|جالاكسي|[اآأ]يفون|"
    r"ال[اآأ]يفون|[اآأ]يباد|ال[اآأ]يباد|[أا]ندرويد|ل[اآأ]يفون|ل[اآأ]يباد|ل[أا]ندرويد|لأجهزة|لهواتف|من نوع|التشغيل|"
    r"هواوي|نوكيا|بلاك|بيري|[اآأ]وتلوك|آي|فون|باد)){1,8}\s*(?:[،,.]\s*(?:المعذرة|أعتذر|عذرا|معذرة|"
    r"أرجو المعذرة).{0,50})?\W*\Z"
)
_ENDING_SENT: Final = re.compile(
    rf"(?!.{{0,90}}\b(?:ich|wir|habe|haben|hat|ben|biz)\b)[\s\W_]{{0,4}}[^.!?\n]{{0,48}}(?:{_DEVICES})[^.!?\n]{{0,40}}(?:gesendet|verschickt|geschickt|versendet|"
    rf"傳送|发送|發送|传送|送信|から送信|보냄|에서 보냄|보냈습니다|gönderildi|küldve|שלי)[.!。]?[\s\W_]*\Z",
    re.IGNORECASE,
)
_GET_OUTLOOK: Final = re.compile(
    r"[\s\W_]{0,4}(?:get|download|obtenir|obtenez|télécharger|téléchargez|obtener|holen sie sich|ottieni|"
    r"scarica|ontvang|download|hämta|hent|hanki|pobierz|získejte|получить|baixar|obter|获取|取得|الحصول على|"
    r"احصل على|تنزيل|قم بتنزيل)\s.{0,12}"
    r"(?:outlook|yahoo(?: mail)?|gmail|bluemail|typeapp|aqua(?: mail)?)(?: app| mobile)?\W{0,3}"
    r"(?:\s?(?:for|pour|für|para|per|voor|til|til|för|dla|pro|для|na|ل(?=\s|[a-z])|لنظام|لأجهزة|لهواتف|على)\W?\s?(?:\S+\s?){1,4}|"
    r"https?:\S+)?[.!]?\s*\Z|[\s\W_]{0,4}(?:outlook|"
    r"yahoo mail).{0,30}(?:herunterladen|hole|beschaffen|を入手|를 다운로드|edinin).{0,30}\Z",
    re.IGNORECASE,
)
_OTHER_SENT: Final = re.compile(
    r"[\s\W_]*(?:\w{2,20} from (?:my )?mobile|من (?:جوالي|هاتفي|جهازي|الجوال|الآيفون|الايفون)|"
    r"from my (?:mobile|i?phone|ipad|android)(?: \w+)?|"
    r"sent (?:with|using|via) (?:mobile|(?-i:[A-Z])\w+(?: (?-i:[A-Z])\w+){0,2})|"
    r"(?:please )?excuse (?:my )?(?:brevity|typos)[^.]{0,40}|"
    r"sent from (?:my )?(?:\w+ ?){0,2}(?:wireless|lte|4g|5g)[^.]{0,40}|"
    r"sent from my [\w-]+(?: [\w-]+){0,2})[.!]?[\s\W_]*\Z",
    re.IGNORECASE,
)
_ASIDE: Final = re.compile(
    r"<[^<>]*>|\((?:https?|www)[^()]*\)|https?://\S+|[\[\]]|"
    r"[.,]?\s(?:please )?(?:excuse|pardon|forgive)\s[^.]{0,60}\.?\s*\Z",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(
    r",\s(?!an?\s|the\s|samsung|verizon|at&t|t-mobile|sprint|ein|un\s)|"
    r"\b(?:is|was|are|were|because|and|but|will|have|has|please|yesterday|today|to you|to me)\b|"
    r"\s(?:أمس|اليوم|إليكم|لكم|ولم|وقد|لأن)\b",
    re.IGNORECASE,
)


def is_device_line(line: str) -> bool:
    """Whether ``line`` (plain) is what a telephone or program adds: "Sent from my iPhone", «أُرسلت من الـ iPhone»."""
    if len(line) > 300 or not line.strip():
        return False
    line = line.strip()
    if line.startswith("<<") and line.endswith(">>"):
        return bool(
            re.fullmatch(r"<<\s*sent (?:by|from|via|with) \w+(?: \w+){0,3}\s*>>", line, re.IGNORECASE)
        )
    line = _ASIDE.sub("", line)
    if len(line) > 160 or not line.strip():
        return False
    if _GET_OUTLOOK.match(line) or _ARABIC_DEVICE.match(line):
        return True
    if _FROM_DEVICE.match(line) or _ENDING_SENT.match(line) or _OTHER_SENT.match(line):
        return not _SENTENCE.search(re.sub(r"\([^()]*\)", "", line).strip())
    return False


_SIGNATURE: Final = re.compile(r"\s*--\s*\Z")
_LINE: Final = re.compile(r"\s*(?:(?:[-–—_=~*#+\u1427]\s?){3,}|__|——?|––?|\u1427)\s*\Z")


def is_signature_mark(line: str) -> bool:
    """``-- `` (RFC 3676 §4.3) as people and programs write it."""
    return bool(_SIGNATURE.match(line))


def is_rule(line: str) -> bool:
    """A line drawn with dashes, underscores, stars or the like."""
    return bool(_LINE.match(line))


_DISCLAIMER: Final = re.compile(
    r"\s*[*_(\[<\"“«]*\s*(?:(?:(?:(?:confidentiality|legal|privacy|important)\s*)?"
    r"(?:notice|note|disclaimer|statement|warning)|confidentiality)\s*[:：.-].{0,300}"
    r"(?:confidential|privileged|intended|recipient|disclos|unauthori|liab|addressee|named person)|"
    r"(?:this|the information (?:contained )?in this|the contents? of this|the)\s+(?:e-?mail|message|"
    r"communication|transmission|electronic mail|information)\b.{0,160}\b(?:confidential|privileged|"
    r"intended (?:only |solely )?(?:for|recipient))|"
    r"diese (?:e-?mail|nachricht).{0,80}vertraulich|ce (?:message|courriel|mail).{0,120}confidentiel|"
    r"este (?:mensaje|correo|mensagem|e-?mail).{0,120}confiden[ct]ia|"
    r"questo messaggio.{0,120}(?:riservat|confidenzial)|dit (?:e-?mail)?bericht.{0,100}vertrouwelijk|"
    r"(?:إخلاء (?:ال)?مسؤولية|اخلاء (?:ال)?مسؤولية|[إا]شعار (?:ال|ب ?ال)?سرية)|"
    r"(?:(?:تنبيه|تنويه|تحذير|ملاحظة|[إا]شعار|هام)\s*[:：.-]\s*)?"
    r"(?:(?:إن |أن |تعد |تعتبر |تحتوي )?(?:هذه الرسالة|هذا البريد|هذا الإيميل|هذه المراسلة|محتوى هذه الرسالة|"
    r"محتويات هذه الرسالة|المعلومات الواردة في هذ[هاا])\s?.{0,160}(?:سري|خاصة بالمرسل إليه|المرسل إليه فقط|"
    r"للشخص المعني|للمرسل إليه|المعنيين بها|المستلم المعني)|"
    r"(?:إذا|إن|في حال)\s.{0,30}(?:هذه الرسالة|هذا البريد).{0,40}خط[أا].{0,80}(?:حذف|إتلاف|إبلاغ|إشعار|إخطار))|"
    r"please (?:consider|think (?:of|about)) the environment|(?:يرجى|فضلا|الرجاء|نرجو|رجاء|من فضلك)\s.{0,20}"
    r"(?:مراعاة|التفكير في|فكر في|المحافظة على|حافظ على) البيئة)",
    re.IGNORECASE | re.DOTALL,
)
_FOOTER: Final = re.compile(
    r"\s*[*_(\[<-]*\s*(?:you(?:'re| are| have)? (?:received|receiving|got) this (?:message|e-?mail|because|is)?"
    r".{0,60}(?:\byou(?:'re| are| have| were|r)?\b|subscri|mailing|thread|group)|"
    r"to unsubscribe\s?(?:from|and|or|,|click|visit|send|use|go)\b|to (?:respond, reply|stop receiving)|"
    r"unsubscribe\s*[:|<(]?\s*(?:click|here|<|\(?https?)|"
    r"visit topic\b|(?:reply to this (?:e-?mail|message) directly|view it on github|view this (?:e-?mail|"
    r"message) (?:online|in))|"
    r"this (?:e-?mail|message) (?:has been|was) (?:scanned|checked)|virus-free|virenfrei|"
    r"garanti sans virus|libre de virus|لإلغاء الاشتراك.{0,40}(?:اضغط|انقر|هنا|http)|"
    r"(?:لقد )?(?:تلقيت|وصلتك) هذه الرسالة لأن|خالٍ? من الفيروسات)",
    re.IGNORECASE,
)
# Somebody speaks: a footer asks nothing and wants nothing for itself.
_PERSONAL: Final = re.compile(
    r"[?؟](?:\s|\Z)|\b(?:i|my|i'm|i've)\b|(?:^|\s)(?:و?أرجو|و?طلبي|و?أريد|و?أرغب|و?نرغب|و?نريد|و?أود|"
    r"و?أحتاج|آمل منكم|لدي|عندي)\b",
    re.IGNORECASE,
)


def is_disclaimer(paragraph: str) -> bool:
    """Whether a paragraph begins as a statement of confidentiality or a footer that nobody wrote by hand."""
    text = " ".join(openings.plain(paragraph[:600]).split())
    if _PERSONAL.search(text[:400]):
        return False
    return bool((len(text) > 45 and _DISCLAIMER.match(text)) or (_FOOTER.match(text) and len(text) < 500))

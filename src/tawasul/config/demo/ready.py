"""What the demo's staff have ready: replies, two macros, signatures, and three articles."""

from tawasul.accounts.models import Person, Team
from tawasul.knowledge import actions as knowledge
from tawasul.knowledge.models import Article
from tawasul.replies import actions as replies
from tawasul.replies.models import CannedReply, Macro, Signature

# names, shortcut, texts
REPLIES = (
    (
        "استلام الطلب وبدء الدراسة",
        "We are looking into it",
        "start",
        "عزيزي {{requester}}،\n\nنشكر لكم تواصلكم مع المركز. وصلنا طلبكم بشأن {{domain}}، ونعمل على دراسته الآن، وستصلكم الإجابة في هذه التذكرة بإذن الله.",
        "Dear {{requester}},\n\nThank you for writing to the centre. We have your request about {{domain}} and are looking into it now. You will find our answer in this ticket.",
    ),
    (
        "طلب مستند ناقص",
        "A document is missing",
        "doc",
        "عزيزي {{requester}}،\n\nلإكمال طلبكم نحتاج إلى المستند التالي:\n\n- صورة واضحة من السجل التجاري ساري المفعول.\n\nيُرجى إرفاقه في هذه التذكرة رقم {{number}}، وسنكمل الطلب فور وصوله.",
        "Dear {{requester}},\n\nTo complete your request we need this document:\n\n- a clear copy of the commercial registration that is in force.\n\nPlease attach it to this ticket, {{number}}. We go on as soon as it arrives.",
    ),
    (
        "خوادم الأسماء لا تستجيب",
        "Name servers do not respond",
        "ns",
        "عزيزي {{requester}}،\n\nفحصنا خوادم الأسماء المطلوبة لاسم النطاق {{domain}}، ولم تستجب من خارج شبكتكم. يُرجى:\n\n1. فتح المنفذ 53 على بروتوكولي UDP وTCP.\n2. التأكد من أن الخادم مسؤول عن النطاق.\n3. إعادة حفظ التغيير في البوابة.",
        "Dear {{requester}},\n\nWe checked the name servers that you asked for on {{domain}}, and they did not respond from outside your network. Please:\n\n1. open port 53 for both UDP and TCP,\n2. make sure that the server is authoritative for the domain,\n3. save the change again in the portal.",
    ),
    (
        "سجل DS بعد تغيير المفتاح",
        "DS record after a key change",
        "ds",
        "عزيزي {{requester}}،\n\nسجل DS المنشور لاسم النطاق {{domain}} لا يطابق المفتاح الحالي. يُرجى نشر المفتاح الجديد أولًا، ثم تحديث السجل من صفحة النطاق، والإبقاء على المفتاح السابق 48 ساعة.",
        "Dear {{requester}},\n\nThe DS record of {{domain}} does not match the present key. Please publish the new key first, then update the record on the domain's page, and keep the old key for 48 hours.",
    ),
    (
        "اكتمل الطلب",
        "The request is complete",
        "done",
        "عزيزي {{requester}}،\n\nاكتمل طلبكم بشأن {{domain}}. قد يستغرق ظهور التغيير على الإنترنت بضع ساعات. يسعدنا تواصلكم في هذه التذكرة إن بقي أي استفسار.",
        "Dear {{requester}},\n\nYour request about {{domain}} is complete. It may take a few hours until the change is seen everywhere. Write in this ticket if anything remains open.",
    ),
)
ARTICLES = (
    (
        "change-name-servers",
        "كيف أغيّر خوادم الأسماء؟",
        "How do I change the name servers?",
        "تُغيَّر خوادم الأسماء من صفحة النطاق في البوابة، ويكفي خادمان مسؤولان عن النطاق يستجيبان من خارج شبكتكم.\n\n## الخطوات\n\n1. افتح صفحة النطاق، ثم «خوادم الأسماء».\n2. اكتب اسمي الخادمين.\n3. احفظ التغيير.\n\nيظهر التغيير عادة خلال ساعات.",
        "Name servers are changed on the domain's page in the portal. Two servers are enough that are authoritative for the domain and respond from outside your network.\n\n## Steps\n\n1. Open the domain's page, then \"Name servers\".\n2. Write the names of both servers.\n3. Save the change.\n\nIt is usually seen within hours.",
    ),
    (
        "enable-dnssec",
        "ما DNSSEC؟ وكيف أفعّله؟",
        "What is DNSSEC and how do I enable it?",
        "يوقّع DNSSEC بيانات النطاق رقميًّا، فيتأكد الزائر من أنها لم تُغيَّر في الطريق.\n\n## التفعيل\n\n1. فعّل التوقيع لدى مزوّد خوادم الأسماء.\n2. انسخ سجل DS الذي يعطيه.\n3. أضفه من صفحة النطاق في البوابة.",
        "DNSSEC signs a domain's data, so that visitors can tell it was not changed on its way.\n\n## Enabling it\n\n1. Turn on signing at your name server provider.\n2. Copy the DS record that they give you.\n3. Add it on the domain's page in the portal.",
    ),
    (
        "transfer-registrar",
        "نقل النطاق إلى مسجّل مرخّص",
        "Transferring a domain to a licensed registrar",
        "يُنقل النطاق بطلب من المسجِّل الجديد وبرمز النقل الذي يظهر في صفحة النطاق، ولا يتوقف النطاق أثناء النقل.\n\n## قبل النقل\n\n- تأكد من صحة بيانات التواصل.\n- لا يكون النطاق موقوفًا أو محلّ نزاع.",
        "A domain is transferred at the request of the new registrar, with the transfer code that stands on the domain's page. It keeps working meanwhile.\n\n## Before\n\n- Make sure that the contact details are right.\n- The domain must not be suspended or in dispute.",
    ),
)


def lay_out(writer: Person, owner: Person) -> None:
    """Write all of it down: ``writer`` shares it with everyone, ``owner`` keeps one reply to themselves."""
    for place, (name_ar, name_en, shortcut, text_ar, text_en) in enumerate(REPLIES):
        replies.save(
            CannedReply(
                name_ar=name_ar,
                name_en=name_en,
                shortcut=shortcut,
                text_ar=text_ar,
                text_en=text_en,
                scope="everyone",
                owner=writer,
                position=place,
            ),
            by=writer,
        )
    own = CannedReply(
        name_ar="تحيتي",
        name_en="My greeting",
        shortcut="hi",
        text_ar="السلام عليكم ورحمة الله، {{requester}}،",
        text_en="Good day, {{requester}},",
        owner=owner,
    )
    replies.save(own, by=owner)
    for name_ar, name_en, steps in _macros():
        macro = Macro(name_ar=name_ar, name_en=name_en, steps=steps, scope="everyone", owner=writer)
        replies.save(macro, by=writer)
    centre = {
        "ar": "مع التحية،\n{{staff}}\n{{centre}}",
        "en": "Kind regards,\n{{staff}}\n{{centre}}",
    }
    for language, text in centre.items():
        replies.save(Signature(language=language, text=text), by=writer)
    technical = Team.objects.filter(name_en="Technical support").first()
    if technical is not None:
        text = "مع التحية،\n{{staff}}، {{team}}\n{{centre}}"
        replies.save(Signature(team=technical, language="ar", text=text), by=writer)
    for slug, title_ar, title_en, text_ar, text_en in ARTICLES:
        article = Article(
            slug=slug,
            title_ar=title_ar,
            title_en=title_en,
            text_ar=text_ar,
            text_en=text_en,
            is_published=True,
        )
        knowledge.save(article, by=writer)


def _macros() -> list[tuple[str, str, list[dict[str, object]]]]:
    done, missing = REPLIES[-1], REPLIES[1]
    return [
        (
            "اكتمل الطلب وإغلاق التذكرة",
            "Complete and close",
            [
                {"do": "assign", "to": "me"},
                {"do": "answer", "text_ar": done[3], "text_en": done[4]},
                {"do": "close"},
            ],
        ),
        (
            "طلب مستند ناقص",
            "Ask for a missing document",
            [
                {"do": "assign", "to": "me"},
                {"do": "note", "text_ar": "طُلب المستند الناقص من مقدّم الطلب."},
                {"do": "answer", "text_ar": missing[3], "text_en": missing[4]},
            ],
        ),
    ]

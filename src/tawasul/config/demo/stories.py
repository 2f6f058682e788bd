"""Invented correspondence of the demo and of large test stocks. Every name, domain and number here is made up."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Story:
    """One ticket's correspondence: what the customer wrote, and what followed, in turn."""

    language: str
    purpose: str
    service: str  # code
    subject: str
    text: str
    wanted: str
    domain: str = ""
    answer: str = ""
    follow_up: str = ""
    second_answer: str = ""
    note: str = ""
    files: tuple[str, ...] = field(default=())


STORIES: tuple[Story, ...] = (
    Story(
        "ar",
        "technical",
        "modify-domain",
        "تعذّر تعديل خوادم الأسماء بعد نقل الاستضافة",
        "السلام عليكم ورحمة الله وبركاته\n\nنقلنا استضافة موقعنا يوم الثلاثاء إلى مزوّد جديد. حاولت تعديل خوادم الأسماء "
        "من حسابي، فظهرت رسالة «تعذّر التحقق من خادم الأسماء» ولم تُحفظ التغييرات.",
        "أرجو مساعدتي في حفظ الخادمين الجديدين. أرفقت صورة الرسالة وخطاب التفويض.",
        "مثال-تجريبي.السعودية",
        "وعليكم السلام ورحمة الله وبركاته\n\nنشكر لكم تواصلكم. فحصنا الخادمين فوجدنا أن ns1.example.com.sa لا يجيب عبر "
        "بروتوكول TCP، وهذا شرط لقبول أي خادم أسماء؛ أما الخادم الثاني فسليم.\n\n1. اطلبوا من مزوّد الاستضافة فتح المنفذ "
        "53 لبروتوكولَي UDP وTCP.\n2. ثم أعيدوا حفظ التعديل من صفحة النطاق في حسابكم.\n3. فإن بقيت المشكلة فاكتبوا لنا "
        "هنا وأرفقوا نتيجة الفحص.\n\nوخطاب التفويض مقبول، ولا يلزم إرساله مرة أخرى.",
        "فتح المزوّد المنفذ وحُفظ الخادم الأول، لكن الثاني ما زال يظهر بعلامة خطأ.",
        "أُعيد الفحص الآن من جهتنا ونجح للخادمين كليهما، وحُفظ التعديل. يظهر أثره خلال ساعتين.",
        "راجعت السجلات: الفحص القديم محفوظ في الذاكرة المؤقتة، فأعدت تشغيله يدويًّا.",
        ("png", "tiff"),
    ),
    Story(
        "ar",
        "inquiry",
        "renew-domain",
        "هل يصلني إشعار قبل انتهاء النطاق؟",
        "ينتهي تسجيل نطاق جمعيتنا بعد شهر تقريبًا، ولم يصلني أي إشعار على بريدي.",
        "أودّ معرفة مواعيد الإشعارات وخطوات تحديث المعلومات عند التجديد.",
        "jameiya-mithal.org.sa",
        "نرسل الإشعار الأول قبل 60 يومًا من تاريخ الانتهاء، ثم قبل 30 يومًا، ثم قبل 7 أيام، إلى بريد **المسؤول الإداري** "
        "المسجّل.\n\nالبريد المسجّل لنطاقكم قديم؛ نرجو تحديثه من صفحة «معلومات النطاق» لتصلكم الإشعارات القادمة.",
        "حدّثت البريد. جزاكم الله خيرًا.",
    ),
    Story(
        "ar",
        "follow_up",
        "registrant-identity",
        "متابعة طلب تحديث هوية المسجِّل",
        "تغيّر اسم المؤسسة في السجل التجاري، ورفعت طلب تحديث الهوية قبل أسبوع ولم تتغير حالته.",
        "أرجو إفادتي بسبب التأخر وما ينقص الطلب إن كان ثمة نقص.",
        "ufuq-mithal.com.sa",
        "اكتملت مراجعة الطلب، وينقصه أن يكون خطاب الطلب على الورق الرسمي للمؤسسة وبتوقيع المفوَّض.\n\nأرفقوا الخطاب هنا "
        "بصيغة PDF وسنستكمل التحديث في يوم العمل نفسه.",
        "",
        "",
        "",
        ("pdf",),
    ),
    Story(
        "ar",
        "complaint",
        "registrar-complaint",
        "شكوى على مسجّل لتأخره في نقل النطاق",
        "طلبت من المسجّل الحالي رمز النقل قبل عشرة أيام، ولم يزوّدني به ولم يردّ على رسائلي.",
        "أرجو إلزامه بتزويدي برمز النقل.",
        "matjar-mithal.com.sa",
        "تواصلنا مع المسجّل وطلبنا منه الإفادة خلال ثلاثة أيام عمل وفق لائحة المسجّلين المرخّصين. نوافيكم بما يستجد.",
    ),
    Story(
        "ar",
        "technical",
        "dnssec",
        "خطأ عند تفعيل DNSSEC: سجل DS غير مطابق",
        "أدخلت سجل DS كما أعطاني إياه مزوّد الخدمة، فظهرت رسالة تفيد بأن البصمة لا تطابق المفتاح المنشور.",
        "أرجو التحقق من القيم المدخلة وتوضيح الخطأ.",
        "تقنية-مثال.السعودية",
        "القيم المدخلة تخصّ مفتاحًا قديمًا. المفتاح المنشور الآن وسمه `20326` وخوارزميته 13.\n\n- احذفوا السجل القديم.\n"
        "- أدخلوا السجل الجديد كما يظهر في لوحة مزوّد الخدمة.\n- انتظروا ساعة ثم أعيدوا الفحص.",
        "نجح التفعيل بعد إدخال السجل الجديد، شكرًا لكم.",
        "",
        "",
        ("png",),
    ),
    Story(
        "ar",
        "inquiry",
        "reserved-name",
        "طلب استثناء اسم من النطاقات المحجوزة",
        "نرغب في تسجيل اسم مدينتنا الصناعية، ويظهر أن الاسم في قائمة النطاقات المحجوزة.",
        "ما المستندات المطلوبة لطلب الاستثناء؟",
        "",
        "يلزم لطلب الاستثناء خطاب رسمي من الجهة المالكة للاسم، وصورة من قرار الإنشاء. أرفقوهما في متابعتكم هنا لنحيل الطلب "
        "إلى لجنة الأسماء المحجوزة، وتنظر فيه خلال خمسة أيام عمل.",
    ),
    Story(
        "ar",
        "technical",
        "password-reset",
        "لا يصلني رمز التحقق على الجوال",
        "غيّرت شريحة الجوال، ولم يعد يصلني رمز التحقق عند تسجيل الدخول منذ أمس.",
        "أرجو تحديث رقم الجوال أو إيقاف التحقق مؤقتًا.",
        "",
        "لا يمكننا إيقاف التحقق حفاظًا على حسابكم. استعملوا أحد رموز الاسترداد التي حُفظت عند التفعيل، ثم حدّثوا الرقم من "
        "صفحة الحساب. فإن لم تكن الرموز لديكم فأرفقوا صورة الهوية لنتحقق منها.",
        "وجدت رموز الاسترداد ودخلت. شكرًا لكم.",
    ),
    Story(
        "ar",
        "suggestion",
        "other",
        "اقتراح: تقويم هجري في صفحة التجديد",
        "تعتمد جهتنا التاريخ الهجري في المراسلات، وتظهر تواريخ الانتهاء بالميلادي فقط.",
        "نقترح عرض التاريخين معًا في صفحة النطاق وفي الإشعارات.",
        "",
        "نشكر لكم اقتراحكم. أُحيل إلى فريق التطوير، وسيظهر التاريخان معًا في الإصدار القادم.",
    ),
    Story(
        "ar",
        "inquiry",
        "transfer-to-registrar",
        "نقل نطاق الشركة إلى مسجّل مرخّص",
        "نريد نقل نطاقنا من السجل مباشرة إلى أحد المسجّلين المرخّصين من دون انقطاع البريد.",
        "نرجو توضيح الخطوات والمدة، وهل يتأثر البريد في أثناء النقل؟",
        "masanea-mithal.com.sa",
        "لا يتأثر البريد ولا الموقع، لأن خوادم الأسماء تبقى كما هي في أثناء النقل.\n\n1. اختاروا المسجّل من القائمة "
        "المنشورة.\n2. اطلبوا «النقل إلى مسجّل مرخّص» من صفحة النطاق.\n3. وافقوا على الطلب من بريد المسؤول الإداري خلال "
        "خمسة أيام.",
    ),
    Story(
        "ar",
        "complaint",
        "dispute",
        "تسوية منازعة على اسم يطابق علامتنا التجارية",
        "سُجّل اسم نطاق يطابق علامتنا التجارية المسجّلة منذ عام 1439هـ، ويُستعمل لبيع منتجات مقلَّدة.",
        "نطلب توضيح إجراءات رفع منازعة وما يلزم إرفاقه.",
        "علامات-مثال.السعودية",
        "تُرفع المنازعة إلى مركز تسوية منازعات أسماء النطاقات بنموذج الدعوى، وتُرفق به شهادة تسجيل العلامة وما يثبت سوء "
        "النية. جمّدنا نقل النطاق إلى حين النظر في الدعوى.",
        "رفعنا الدعوى وأرفقنا رقمها. هل يبقى النطاق مجمَّدًا؟",
        "نعم، يبقى نقل النطاق مجمَّدًا إلى صدور القرار، ونبلّغكم به هنا.",
        "يُتابَع مع الإدارة القانونية قبل الإجابة.",
        ("pdf", "jpg"),
    ),
    Story(
        "ar",
        "technical",
        "fetch-domain",
        "جلب نطاق قديم إلى حسابي الجديد",
        "سجّلت النطاق قبل سنوات بحساب لا أذكر بريده، وأنا المسؤول الإداري عنه.",
        "أرجو ربط النطاق بحسابي الحالي.",
        "maktabat-mithal.sch.sa",
    ),
    Story(
        "ar",
        "inquiry",
        "register-domain",
        "تسجيل نطاق عربي لمدرسة أهلية",
        "مدرستنا أهلية ومرخّصة، ونريد تسجيل اسمها بالعربية.",
        "هل نسجّله تحت نطاق السعودية مباشرة أم تحت نطاق المدارس؟ وما المستند المطلوب؟",
    ),
    Story(
        "ar",
        "follow_up",
        "additional-documents",
        "إرسال صورة السجل التجاري المحدّثة",
        "طُلب مني في رسالة سابقة إرسال صورة حديثة من السجل التجاري لاستكمال التسجيل.",
        "أرفقت الصورة، وأرجو استكمال الطلب.",
        "bina-mithal.com.sa",
        "",
        "",
        "",
        "",
        ("jpg", "gif"),
    ),
    Story(
        "ar",
        "technical",
        "modify-domain",
        "النطاق لا يعمل من خارج المملكة",
        "يفتح الموقع من الرياض وجدة، ولا يفتح لعملائنا في الخليج وأوروبا منذ صباح اليوم.",
        "أرجو التحقق من أن السجلات منشورة في جميع خوادم السجل.",
        "safar-mithal.sa",
    ),
    Story(
        "ar",
        "inquiry",
        "delete-domain",
        "المدة بين انتهاء النطاق وحذفه",
        "انتهى تسجيل نطاق لا نحتاج إليه، ونريد أن نعرف متى يُحذف ويصبح متاحًا للتسجيل.",
        "هل يلزمنا طلب حذف أم يُحذف تلقائيًّا؟",
        "qadeem-mithal.net.sa",
        "يُحذف تلقائيًّا بعد 30 يومًا من تاريخ الانتهاء، ولا يلزم تقديم طلب. ولكم طلب الحذف الفوري من صفحة النطاق.",
    ),
    Story(
        "ar",
        "complaint",
        "abuse",
        "بلاغ عن صفحة احتيال تنتحل اسم بنك",
        "وصلتني رسالة نصية فيها رابط لصفحة تنتحل صفحة الدخول لأحد البنوك.",
        "أرجو اتخاذ اللازم لحماية الناس. أرفقت صورة الصفحة.",
        "bank-mithal-secure.com.sa",
        "نشكر لكم بلاغكم. أُوقف النطاق احترازيًّا، وأُحيل البلاغ إلى الجهة المختصة.",
        "",
        "",
        "بلاغ مستوفٍ. أُوقف النطاق بعد التحقق من الصفحة.",
        ("png",),
    ),
    Story(
        "en",
        "technical",
        "modify-domain",
        "Name servers refused after moving our hosting",
        "We moved our site to a new provider on Tuesday. Saving the two new name servers fails with "
        '"name server could not be verified".',
        "Please help us save both servers. A screenshot is attached.",
        "example-trading.com.sa",
        "Thank you for writing. We checked both servers: **ns1** does not answer over TCP, which every name server "
        "must do.\n\n1. Ask your provider to open port 53 for UDP and TCP.\n2. Save the change again from the domain's "
        "page.\n3. If it still fails, write to us here with the result of the check.",
        "The provider opened the port and both servers were accepted. Thank you.",
        "",
        "",
        ("png",),
    ),
    Story(
        "en",
        "inquiry",
        "register-domain",
        "Registering a name for a foreign company's branch",
        "Our company has a licensed branch in Riyadh. We would like to register our trade name under .com.sa.",
        "Which documents do you need, and must they be translated into Arabic?",
        "",
        "A copy of the branch's commercial registration and of the trademark certificate is enough. Documents in "
        "English are accepted; a translation is not needed.",
    ),
    Story(
        "en",
        "follow_up",
        "transfer-registrant",
        "Transfer of a domain to a new owner",
        "We sold one of our brands and submitted the transfer request last week. The new owner has accepted it.",
        "Could you tell us what is still missing?",
        "brand-example.sa",
        "The request waits for the signed transfer form from the new owner. The form can be uploaded here as a PDF.",
    ),
    Story(
        "en",
        "complaint",
        "abuse",
        "Phishing page under a .sa domain",
        "A page under this name imitates our sign-in page and collects passwords of our customers.",
        "Please suspend the name. Screenshots are attached.",
        "login-example.com.sa",
        "",
        "",
        "",
        "",
        ("jpg", "pdf"),
    ),
    Story(
        "en",
        "technical",
        "dnssec",
        "DS record rejected: unsupported digest type",
        "Our signer publishes digest type 4 (SHA-384), and the form only offers type 2.",
        "Is SHA-384 supported? If not, when will it be?",
        "signed-example.net.sa",
        "SHA-384 is supported: choose *other* in the list and enter 4. We will add it to the list itself.",
    ),
    Story(
        "en",
        "suggestion",
        "other",
        "An export of all our domains",
        "We manage about two hundred names and copy them from the account page by hand each quarter.",
        "An export as a spreadsheet would save us a day's work.",
    ),
)

"""What every installation starts with in this room: a first version of the terms, for the operator to replace."""

from typing import Any

FIRST_VERSION = "1.0"

_TEXT_AR = """\
هذا نصّ أوّلي يأتي مع النظام، وعلى الجهة المشغِّلة أن تضع مكانه نصّها المعتمد قبل إطلاق الخدمة.

## 1. من يستعمل البوابة

تخدم هذه البوابة من يسجّل أسماء النطاقات أو يديرها أو يسأل عنها. يُقدَّم الطلب باسم صاحبه، وتكون البيانات المذكورة فيه صحيحة وكاملة. ومن يكتب نيابةً عن غيره فعليه أن يثبت تفويضه متى طُلب منه.

## 2. لوائح التسجيل

تخضع الطلبات للوائح تسجيل أسماء النطاقات المنشورة لدى المركز، وهي التي تحدد من يحق له التسجيل، وما يُقبل من الأسماء، وحقوق المسجِّل وواجباته، وطريقة تسوية المنازعات. ولا يُعدّ فتح تذكرة موافقةً على الطلب المذكور فيها.

## 3. المراسلة والمواعيد

- يجيب المركز خلال المدة المعلنة. وتُحسب بأيام العمل وساعاته، ولا يُحسب منها الوقت الذي يُنتظر فيه ردّك أو ردّ جهة أخرى.
- تصلك إجابة المركز في صفحة التذكرة وعلى بريدك الإلكتروني.
- إذا أجاب المركز ولم تصل منك متابعة خلال المدة المعلنة أُغلقت التذكرة تلقائيًّا. ولك أن تعيد فتحها خلال المدة المبيّنة فيها.

## 4. الملفات

تُقبل صور PNG وJPG وGIF وTIFF وملفات PDF في حدود الحجم والعدد المعلنين. لا ترفق ما لا يحتاج إليه طلبك، ولا وثائق تخصّ غيرك إلا بإذنه.

## 5. الاستعمال المقبول

لا يجوز استعمال البوابة لانتحال صفة الغير، ولا لإرسال محتوى مخالف للأنظمة أو برامج ضارّة، ولا لتعطيل الخدمة. وللمركز أن يوقف الحساب الذي يُستعمل على هذا الوجه.

## 6. البيانات الشخصية

يعالج المركز ما في التذاكر من بيانات شخصية لخدمة طلبك وللوفاء بالتزاماته النظامية، ويحفظها للمدة اللازمة لذلك وفق نظام حماية البيانات الشخصية. وتجد حقوقك وطريقة ممارستها في صفحة الخصوصية.

## 7. تعديل الشروط

قد يعدّل المركز هذه الشروط. يُنشر كل تعديل برقم نسخة وتاريخ، ويسري على الطلبات التي تُرسل بعد نشره، وتُحفظ مع كل طلب نسخة الشروط الموافَق عليها.
"""

_TEXT_EN = """\
This is a first text that comes with the system. The operator replaces it with the approved text before the service opens.

## 1. Who uses the portal

The portal serves those who register, manage or ask about domain names. A request is made in the name of the person it belongs to, and what it says is correct and complete. Whoever writes for somebody else proves the authorisation when asked.

## 2. Registration regulations

Requests are subject to the published domain name registration regulations. They say who may register, which names are accepted, what a registrant may and must do, and how disputes are settled. Opening a ticket does not mean that the request in it is granted.

## 3. Correspondence and times

- The centre answers within the published time. It is counted in working days and hours; time spent waiting for you or for another party does not count.
- The centre's answer reaches you on the ticket page and by e-mail.
- If the centre has answered and no follow-up arrives within the published time, the ticket closes by itself. You can reopen it within the time stated on it.

## 4. Files

PNG, JPG, GIF and TIFF pictures and PDF files are accepted, within the published limits of size and number. Attach only what your request needs, and other people's documents only with their permission.

## 5. Acceptable use

The portal may not be used to impersonate anyone, to send unlawful content or harmful software, or to disturb the service. The centre may suspend an account that is used in this way.

## 6. Personal data

The centre processes the personal data in tickets to serve your request and to meet its legal duties, and keeps them as long as that requires, under the Personal Data Protection Law. Your rights, and how to use them, are on the privacy page.

## 7. Changes

The centre may change these terms. Each change is published with a version number and a date and applies to requests sent after that; the version that was accepted is kept with each request.
"""


def first_terms(terms_version: Any) -> None:
    """Publish the first version where no terms exist. ``terms_version`` is the model, or its state in a migration."""
    if not terms_version.objects.exists():
        terms_version.objects.create(version=FIRST_VERSION, text_ar=_TEXT_AR, text_en=_TEXT_EN)

"""What every installation starts with in this room: the services of a domain registry."""

from typing import Any, NamedTuple


class Seed(NamedTuple):
    """One service as it is first offered; an administrator changes it afterwards."""

    code: str
    name_ar: str
    name_en: str
    about_domain: bool = True


SERVICES = (
    Seed("create-account", "إنشاء حساب", "Create an account", about_domain=False),
    Seed("password-reset", "استعادة كلمة المرور", "Reset a password", about_domain=False),
    Seed("register-domain", "تسجيل اسم نطاق", "Register a domain"),
    Seed("modify-domain", "تعديل معلومات اسم نطاق", "Modify domain information"),
    Seed("renew-domain", "تجديد معلومات النطاق", "Renew domain information"),
    Seed("registrant-identity", "تحديث هوية المسجِّل", "Update registrant identity"),
    Seed("delete-domain", "حذف اسم نطاق", "Delete a domain"),
    Seed("transfer-registrant", "نقل اسم نطاق", "Transfer to another registrant"),
    Seed("transfer-to-registrar", "النقل إلى مسجّل مرخّص", "Transfer to a licensed registrar"),
    Seed("transfer-between-registrars", "النقل بين المسجّلين", "Transfer between registrars"),
    Seed("fetch-domain", "جلب نطاق إلى الحساب", "Fetch a domain to the account"),
    Seed("dnssec", "تفعيل DNSSEC", "Enable DNSSEC"),
    Seed("additional-verification", "خدمة التحقق الإضافي", "Additional verification"),
    Seed("reserved-name", "استثناء اسم نطاق من قائمة النطاقات المحجوزة", "Reserved-name exemption"),
    Seed("additional-documents", "إرسال معلومات ووثائق إضافية", "Send additional documents"),
    Seed("dispute", "تسوية المنازعات", "Dispute resolution"),
    Seed("registrar-complaint", "شكوى على مسجّل", "Complaint about a registrar"),
    Seed("abuse", "بلاغ إساءة", "Abuse report"),
    Seed("other", "أخرى", "Other", about_domain=False),
)


def first_services(service: Any) -> None:
    """Offer the services where none exist. ``service`` is the model, or its state in a migration.

    An installation that has any service keeps what its administrator made of the list.
    """
    if not service.objects.exists():
        service.objects.bulk_create(
            service(
                code=seed.code,
                name_ar=seed.name_ar,
                name_en=seed.name_en,
                about_domain=seed.about_domain,
                position=(place + 1) * 10,
            )
            for place, seed in enumerate(SERVICES)
        )

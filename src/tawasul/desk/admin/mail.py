"""The centre's own words in its mails: written, looked at as they would arrive, sent to oneself, then saved."""

from typing import Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from tawasul.accounts.models import Language, Person
from tawasul.core import clock
from tawasul.core.text import clean_line, clean_text, isolate
from tawasul.desk.admin.site import site
from tawasul.desk.admin.typed import Form, Table
from tawasul.mail import actions, examples, kinds, rendering, wording
from tawasul.mail.models import MailTemplate
from tawasul.ui.middleware import CONTENT_SECURITY_POLICY

SEEN = "mail_text_on_view"  # the session's key: what the preview shows, saved or not
# The mail brings its own styles; it runs nothing, fetches nothing and leads nowhere.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


class MailTemplateForm(Form[MailTemplate]):
    """Only placeholders that this kind of mail knows and may name."""

    class Meta:
        help_texts = {
            "subject": _(
                "Empty: the built-in subject, by which mail programs keep a ticket's mails together."
            ),
            "body": _(
                "Empty: the built-in text. Paragraphs, lists, **bold**, *italic*, [links](https://…); a first line "
                "that begins with # is the heading. Number, promise, closing day, codes, buttons and warnings stand "
                "in the mail anyway."
            ),
        }

    def clean_subject(self) -> str:
        return clean_line(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        return clean_text(self.cleaned_data["body"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        kind = cleaned.get("kind") or self.instance.kind
        if kind:
            for name in ("subject", "body"):
                for fault in dict.fromkeys(wording.faults(kind, cleaned.get(name, ""))):
                    self.add_error(name, _why_not(kind, fault))
            if "]({" in cleaned.get("body", ""):
                self.add_error(
                    "body", _("A link's address cannot be a placeholder; {link} may stand in the text.")
                )
        return cleaned


def _why_not(kind: str, fault: str) -> str:
    if wording.forbidden(kind, fault):
        text = _("%(placeholder)s may not stand in this mail: it could reach somebody else's mailbox.")
    else:
        text = _("This kind of mail knows no %(placeholder)s.")
    return str(text) % {"placeholder": isolate(fault)}


@admin.register(MailTemplate, site=site)
class MailTemplateAdmin(Table[MailTemplate]):
    """A row replaces the built-in words of one kind of mail in one language; deleting it brings them back."""

    form = MailTemplateForm
    list_display = ["kind", "language", "in_use", "changed_at", "changed_by"]
    list_filter = ["language"]
    list_select_related = ["changed_by"]
    ordering = ["kind", "language"]
    change_form_template = "admin/mail/mailtemplate/change_form.html"

    def get_fields(self, request: HttpRequest, obj: MailTemplate | None = None) -> list[Any]:
        fields = ["kind", "language", "subject", "body", "placeholders"]
        return [*fields, "in_use", "built_in", "changed_at", "changed_by"] if obj else fields

    def get_readonly_fields(self, request: HttpRequest, obj: MailTemplate | None = None) -> list[Any]:
        shown = ["placeholders", "in_use", "built_in", "changed_at", "changed_by"]
        return [*shown, "kind", "language"] if obj else shown

    @admin.display(description=_("in use"))
    def in_use(self, row: MailTemplate) -> str | SafeString:
        """Whether mails carry these words, and if not, why the built-in ones go instead."""
        if not row.subject and not row.body:
            return gettext("No: it is empty, and the built-in text goes.")
        faults = [fault for text in (row.subject, row.body) for fault in wording.faults(row.kind, text)]
        if faults:
            return format_html_join(
                " ", "{}", ((_why_not(row.kind, fault),) for fault in faults)
            ) + format_html(" {}", _("The built-in text goes."))
        return gettext("Yes")

    @admin.display(description=_("placeholders"))
    def placeholders(self, row: MailTemplate) -> SafeString:
        """What may stand in braces: of this kind, or of every kind while none is chosen."""
        chosen = [(kind, name) for kind, name in kinds.editable() if not row.kind or kind == row.kind]
        return format_html_join(
            "",
            "<dl><dt>{}</dt>{}</dl>",
            (
                (
                    name,
                    format_html_join(
                        "",
                        "<dd><code dir=ltr>{}</code> {}</dd>",
                        (
                            ("{" + word + "}", placeholder.meaning)
                            for word, placeholder in wording.offered(kind).items()
                        ),
                    ),
                )
                for kind, name in chosen
            ),
        )

    @admin.display(description=_("built-in text"))
    def built_in(self, row: MailTemplate) -> SafeString:
        mail = _example(row.kind, row.language, wording.BUILT_IN)
        return format_html('<pre dir="auto">{}\n\n{}</pre>', mail.subject, mail.text)

    def save_model(self, request: HttpRequest, obj: MailTemplate, form: Any, change: bool) -> None:
        obj.changed_at, obj.changed_by = clock.now(), cast(Person, request.user)
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("preview/", wrap(self.preview), name="mail_mailtemplate_preview"),
            path("preview/html/", wrap(self.preview_html), name="mail_mailtemplate_preview_html"),
            path("preview/send/", wrap(require_POST(self.send_to_me)), name="mail_mailtemplate_send"),
            *super().get_urls(),
        ]

    def preview(self, request: HttpRequest) -> HttpResponse:
        """What stands in the form, as a mail with example data. A POST brings the form's text, a GET shows it."""
        if request.method == "POST":
            return self._take(request)
        kind, language, own = self._on_view(request)
        mail = _example(kind, language, own)
        answer = TemplateResponse(
            request,
            "admin/mail/mailtemplate/preview.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Preview"),
                "opts": self.opts,
                "kind": kinds.NAMES[kind],
                "mail": mail,
                "mail_language": language,
                "words": {
                    "subject": _("Subject"),
                    "html": _("As most mail programs show it"),
                    "text": _("As plain text"),
                    "example": _("The data are an example; nothing was saved or sent."),
                    "send": _("Send it to me as a test"),
                },
            },
        )
        answer.headers["Content-Security-Policy"] = f"{CONTENT_SECURITY_POLICY}; frame-src 'self'"
        return answer

    def preview_html(self, request: HttpRequest) -> HttpResponse:
        """The HTML part alone, for the frame."""
        kind, language, own = self._on_view(request)
        answer = HttpResponse(_example(kind, language, own).html)
        answer.headers["Content-Security-Policy"] = MAIL_POLICY
        answer.headers["X-Frame-Options"] = "SAMEORIGIN"
        return answer

    def send_to_me(self, request: HttpRequest) -> HttpResponse:
        """Write the example to whoever is signed in, in the ledger like any other mail."""
        kind, language, own = self._on_view(request)
        person = cast(Person, request.user)
        actions.send_example(kind, language=language, own=own, person=person)
        self.message_user(
            request,
            _("The test mail goes to %(address)s.") % {"address": isolate(person.email)},
            messages.SUCCESS,
        )
        return redirect("admin:mail_mailtemplate_preview")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        context["preview_word"] = _("Preview")
        return super().render_change_form(request, context, *args, **kwargs)

    def _take(self, request: HttpRequest) -> HttpResponse:
        """Keep the form's text for the preview; a form with a mistake comes back with what was typed."""
        self._allowed(request)
        row = MailTemplate.objects.filter(pk=_number(request.POST.get("row", ""))).first()
        form: Any = self.get_form(request, row, change=row is not None)(
            request.POST, instance=row or MailTemplate()
        )
        if not form.is_valid():
            key = str(row.pk) if row else None
            page = (
                reverse("admin:mail_mailtemplate_change", args=[key])
                if key
                else reverse("admin:mail_mailtemplate_add")
            )
            return self.changeform_view(request, key, form_url=page)
        text = form.instance
        request.session[SEEN] = [text.kind, text.language, text.subject, text.body]
        return redirect("admin:mail_mailtemplate_preview")

    def _on_view(self, request: HttpRequest) -> tuple[str, str, wording.Own]:
        self._allowed(request)
        match request.session.get(SEEN):
            case [str(kind), str(language), str(subject), str(body)] if (
                kind in wording.OFFERS and language in Language.values
            ):
                return kind, language, wording.Own(subject, body)
        raise Http404

    def _allowed(self, request: HttpRequest) -> None:
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied


def _example(kind: str, language: str, own: wording.Own) -> rendering.Rendered:
    return rendering.render(kind, language=language, context=examples.context(kind, language), own=own)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0

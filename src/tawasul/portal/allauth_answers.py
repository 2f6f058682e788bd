"""Between allauth's views and our templates: honest statuses, and what the templates need besides."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.html import json_script
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache

from tawasul.portal.devices import device_name

LIMITS = {"too_many_login_attempts", "rate_limited"}
View = Callable[..., HttpResponseBase]


def honest(view: View) -> View:
    """The same view, where a form with errors is answered by 422 instead of 200, and by 429 where a limit stopped it.

    Allauth's pages are rendered late, so the status and the context can still be set.
    """

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        _complete(response)
        if request.method != "POST" or response.status_code != 200:
            return response
        context = getattr(response, "context_data", None) or {}
        shown = [context.get("form"), context.get("webauthn_form")]
        failed = [
            form for form in shown if isinstance(form, forms.BaseForm) and form.is_bound and form.errors
        ]
        if failed:
            codes = {
                error.code for form in failed for errors in form.errors.as_data().values() for error in errors
            }
            response.status_code = 429 if codes & LIMITS else 422
        return response

    return never_cache(answered)


def _complete(response: HttpResponseBase) -> None:
    """What our templates use and Jinja2 cannot make: data for the passkey script, the drawing of the QR code."""
    if not isinstance(response, TemplateResponse) or response.context_data is None:
        return
    context = response.context_data
    if "js_data" in context:
        options = context["js_data"].get("request_options")
        usable = options is None or dict(options.get("publicKey", {})).get("allowCredentials")
        context["passkey_data"] = json_script(context["js_data"], "passkey-data") if usable else ""
    if "totp_svg" in context:
        drawing = context["totp_svg"]
        context["totp_drawing"] = mark_safe(drawing[drawing.index("<svg") :])  # noqa: S308 - drawn by the qrcode library
    if context.get("token_fail"):
        response.status_code = 410
    if "sessions" in context:
        context["device_name"] = device_name

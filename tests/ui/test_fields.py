"""A field is drawn with its label, hint, errors and direction, and keeps what was typed."""

from django import forms
from django.template import engines
from django.utils import translation

from tawasul.ui import fields


class Form(forms.Form):
    name = forms.CharField(max_length=20, help_text="As in your passport.")
    mail = forms.EmailField(required=False)
    phone = forms.CharField(widget=forms.TextInput(attrs={"type": "tel"}))
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    secret = forms.CharField(widget=forms.PasswordInput)
    agreed = forms.BooleanField()


def drawn(form: forms.Form, field: str, call: str = "field(bound)") -> str:
    source = '{% from "ui/parts.html" import field, summary %}{{ ' + call + " }}"
    template = engines["jinja2"].from_string(source)
    with translation.override("en"):
        return str(template.render({"bound": form[field], "form": form}))


def test_what_was_typed_stands_escaped_in_the_field_again() -> None:
    html = drawn(Form({"name": '"><script>'}), "name")
    assert "&#34;&gt;&lt;script&gt;" in html
    assert "<script>" not in html


def test_label_hint_error_then_the_control_and_the_control_names_them() -> None:
    html = drawn(Form({}), "name")
    assert (
        html.index("<label") < html.index("id_name-hint") < html.index("id_name-error") < html.index("<input")
    )
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert 'aria-invalid="true"' in html


def test_an_email_field_takes_international_mailboxes() -> None:
    html = drawn(Form({"mail": "دعم@سجل.السعودية"}), "mail")
    assert 'type="text"' in html
    assert 'inputmode="email"' in html
    assert 'dir="auto"' in html
    assert "دعم@سجل.السعودية" in html


def test_only_what_may_be_left_out_is_marked() -> None:
    assert "(optional)" in drawn(Form(), "mail")
    assert "(optional)" not in drawn(Form(), "name")


def test_numbers_run_left_to_right() -> None:
    assert 'dir="ltr"' in drawn(Form(), "phone")


def test_a_password_is_never_sent_back() -> None:
    assert "hunter2" not in drawn(Form({"secret": "hunter2"}), "secret")


def test_a_long_text_is_not_cut_by_the_browser() -> None:
    html = drawn(Form({"name": "x" * 40}), "name", "field(bound, count=true)")
    assert "maxlength" not in html
    assert 'data-limit="20"' in html
    assert "x" * 40 in html


def test_choices_are_a_named_group_that_the_summary_can_reach() -> None:
    form = Form({})
    assert '<fieldset class="field" id="id_kind"' in drawn(form, "kind")
    assert ("id_kind", "هذا الحقل مطلوب.") in fields.problems(form) or any(
        target == "id_kind" for target, _words in fields.problems(form)
    )


def test_the_summary_counts_and_links_each_problem() -> None:
    html = drawn(Form({"name": "x"}), "name", "summary(form)")
    assert "4 things need correcting" in html
    assert 'href="#id_agreed"' in html
    assert 'role="alert"' in html


def test_there_is_no_summary_where_nothing_is_wrong() -> None:
    assert drawn(Form(), "name", "summary(form)").strip() == ""

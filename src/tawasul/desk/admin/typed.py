"""Django's admin and model form, told of their model: at run time they take no type argument."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django import forms
from django.contrib import admin
from django.db import models, transaction
from django.utils import translation
from django.utils.text import capfirst

from tawasul.core import kept

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    Table = admin.ModelAdmin
    Form = forms.ModelForm
else:

    class Table(admin.ModelAdmin, Generic[M]):
        """A table in the administration. What is typed runs in its own direction, whatever the page's; what this
        process keeps of small tables is read anew after a change."""

        def formfield_for_dbfield(self, db_field, request, **options):
            field = super().formfield_for_dbfield(db_field, request, **options)
            typed = isinstance(db_field, models.CharField | models.TextField) and not db_field.choices
            if field is not None and typed:
                field.widget.attrs.setdefault("dir", "auto")
            return field

        def save_model(self, request, row, form, change):
            super().save_model(request, row, form, change)
            transaction.on_commit(kept.forget_all)

        def construct_change_message(self, request, form, formsets, add=False):
            """What the history says was changed: fields by the msgid they are translated by when it is read.

            Django stores its labels, which begin with a capital, and then finds no translation of them.
            """
            with translation.override(None):
                names = {
                    capfirst(str(f.verbose_name)): str(f.verbose_name)
                    for f in self.opts.get_fields()
                    if hasattr(f, "verbose_name")
                }
            said = super().construct_change_message(request, form, formsets, add)
            for change in (change for part in said for change in part.values()):
                if "fields" in change:
                    change["fields"] = [names.get(label, label) for label in change["fields"]]
            return said

        def delete_model(self, request, row):
            super().delete_model(request, row)
            transaction.on_commit(kept.forget_all)

    class Form(forms.ModelForm, Generic[M]):
        """The form of one row."""

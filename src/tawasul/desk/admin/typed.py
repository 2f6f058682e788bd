"""Django's admin and model form, told of their model: at run time they take no type argument."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django import forms
from django.contrib import admin
from django.db import models, transaction

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
            if field is not None and isinstance(db_field, models.CharField | models.TextField):
                field.widget.attrs.setdefault("dir", "auto")
            return field

        def save_model(self, request, row, form, change):
            super().save_model(request, row, form, change)
            transaction.on_commit(kept.forget_all)

        def delete_model(self, request, row):
            super().delete_model(request, row)
            transaction.on_commit(kept.forget_all)

    class Form(forms.ModelForm, Generic[M]):
        """The form of one row."""

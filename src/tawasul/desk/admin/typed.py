"""Django's admin and model form, told of their model: at run time they take no type argument."""

from typing import TYPE_CHECKING, Generic, TypeVar

from django import forms
from django.contrib import admin
from django.db import models

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    Table = admin.ModelAdmin
    Form = forms.ModelForm
else:

    class Table(admin.ModelAdmin, Generic[M]):
        """A table in the administration. What is typed runs in its own direction, whatever the page's."""

        def formfield_for_dbfield(self, db_field, request, **options):
            field = super().formfield_for_dbfield(db_field, request, **options)
            if field is not None and isinstance(db_field, models.CharField | models.TextField):
                field.widget.attrs.setdefault("dir", "auto")
            return field

    class Form(forms.ModelForm, Generic[M]):
        """The form of one row."""

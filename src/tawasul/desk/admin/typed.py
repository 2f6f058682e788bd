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
        """A table in the administration."""

    class Form(forms.ModelForm, Generic[M]):
        """The form of one row."""

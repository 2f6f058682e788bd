"""What the whole house shares in the database: the centre's own choices."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MEGABYTE = 2**20


def _between(least: int, most: int) -> list[Any]:
    return [MinValueValidator(least), MaxValueValidator(most)]


class CentreSettings(models.Model):
    """The centre's choices: one row, edited by an administrator, history in the admin's log.

    Read it through ``core.centre.current()``. The defaults here are the published promises, so a database
    without the row behaves like a fresh one.
    """

    ONLY = 1  # the key of the one row

    name_ar = models.CharField(
        _("name of the centre in Arabic"), max_length=150, default="المركز السعودي لمعلومات الشبكة"
    )
    name_en = models.CharField(
        _("name of the centre in English"), max_length=150, default="Saudi Network Information Center"
    )
    phone = models.CharField(
        _("telephone"), max_length=30, blank=True, default="", help_text=_("Shown to customers.")
    )
    email = models.CharField(
        _("e-mail"), max_length=320, blank=True, default="", help_text=_("Shown to customers.")
    )
    close_after_hours = models.PositiveIntegerField(
        _("close for silence after (hours)"),
        default=168,
        validators=_between(1, 8760),
        help_text=_("Counted from the centre's answer. 168 hours are 7 days."),
    )
    warn_before_hours = models.PositiveIntegerField(
        _("warn before closing (hours)"),
        default=48,
        validators=_between(0, 8760),
        help_text=_("Shorter than the time until closing. 0 sends no warning."),
    )
    reopen_days = models.PositiveIntegerField(
        _("a closed ticket may be reopened for (days)"), default=30, validators=_between(0, 3650)
    )
    undo_seconds = models.PositiveIntegerField(
        _("an answer may be taken back for (seconds)"),
        default=10,
        validators=_between(0, 120),
        help_text=_("It reaches the customer when they have passed. 0 sends at once."),
    )
    file_max_megabytes = models.PositiveIntegerField(
        _("largest file (megabytes)"), default=10, validators=_between(1, 100)
    )
    files_max_count = models.PositiveIntegerField(
        _("files in one message"), default=10, validators=_between(0, 50)
    )
    files_max_megabytes = models.PositiveIntegerField(
        _("all files of a ticket (megabytes)"), default=40, validators=_between(1, 1000)
    )
    direct_form = models.BooleanField(
        _("the direct form is open"), default=True, help_text=_("Tickets without an account.")
    )
    mail_opens_tickets = models.BooleanField(
        _("a mail from a new address opens a ticket"),
        default=True,
        help_text=_("Once its writer has confirmed the address by a mailed link."),
    )
    national_stamp = models.BooleanField(
        _("show the stamp of a registered government site"),
        default=False,
        help_text=_("Only a site registered with the Digital Government Authority may show it."),
    )

    class Meta:
        verbose_name = _("settings of the centre")
        verbose_name_plural = _("settings of the centre")
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="centre_settings_one_row")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        hours, warning = self.close_after_hours, self.warn_before_hours
        if hours is not None and warning is not None and warning >= hours:
            raise ValidationError(
                {"warn_before_hours": _("The warning must come after the answer: give fewer hours.")}
            )
        one, all_files = self.file_max_megabytes, self.files_max_megabytes
        if one is not None and all_files is not None and one > all_files:
            raise ValidationError(
                {"files_max_megabytes": _("All files together cannot be less than one file.")}
            )

    @property
    def name(self) -> str:
        """The centre's name in the active language."""
        return self.name_en if get_language() == "en" else self.name_ar

    @property
    def file_max_bytes(self) -> int:
        """The largest accepted file, in bytes."""
        return self.file_max_megabytes * MEGABYTE

    @property
    def files_max_total(self) -> int:
        """All files of one ticket together, in bytes."""
        return self.files_max_megabytes * MEGABYTE

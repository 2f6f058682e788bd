"""Every address of the portal, asked by everybody: what each of them gets stands in one table.

An address that is missing from the table, or is there without existing, fails. Each cell is run in both languages.
"""

import pytest

from tests.matrix.stage import ROLES, Stage, patterns, worth_trying
from tests.portal.forms import body

pytestmark = pytest.mark.django_db

# GET and POST (an empty form) for: stranger | guest with a personal link | owner of the ticket | another customer |
# staff with two steps | staff with one, where two are asked for | administrator. One pair: the same for everybody.
EXPECTED = {
    "account_change_password": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "account_email": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "account_inactive": "200 405",
    "account_login": "200 422 | 200 422 | 302 302 | 302 302 | 302 302 | 302 302 | 302 302",
    "account_logout": "302 302 | 302 302 | 200 302 | 200 302 | 200 302 | 200 302 | 200 302",
    "account_reauthenticate": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "account_reset_password": "200 422",
    "account_reset_password_done": "200 405",
    "account_reset_password_from_key": "410 410",
    "account_reset_password_from_key_done": "200 405",
    "account_set_password": "302 302",
    "account_signup": "302 405",
    "components": "404 405 | 404 405 | 404 405 | 404 405 | 200 405 | 404 405 | 200 405",
    "entrance": "302 405",
    "healthz": "200 405",
    "mfa_activate_totp": "302 302 | 302 302 | 200 422 | 200 422 | 302 302 | 200 422 | 302 302",
    "mfa_add_webauthn": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "mfa_authenticate": "302 302",
    "mfa_deactivate_totp": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 404 404 | 200 422",
    "mfa_download_recovery_codes": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 404 404 | 404 404",
    "mfa_edit_webauthn": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 404 404 | 404 404",
    "mfa_generate_recovery_codes": "302 302 | 302 302 | 200 422 | 200 422 | 200 302 | 200 422 | 200 302",
    "mfa_index": "302 302 | 302 302 | 200 405 | 200 405 | 200 405 | 200 405 | 200 405",
    "mfa_list_webauthn": "302 302 | 302 302 | 200 405 | 200 405 | 200 405 | 200 405 | 200 405",
    "mfa_login_webauthn": "200 302",
    "mfa_reauthenticate": "302 302 | 302 302 | 302 302 | 302 302 | 200 422 | 302 302 | 200 422",
    "mfa_reauthenticate_webauthn": "302 302",
    "mfa_remove_webauthn": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 404 404 | 404 404",
    "mfa_view_recovery_codes": "302 302 | 302 302 | 404 405 | 404 405 | 404 405 | 404 405 | 404 405",
    "readyz": "503 405",
    "set_language": "302 405",
    "set_theme": "302 405",
    "usersessions_list": "302 302 | 302 302 | 200 302 | 200 302 | 200 302 | 200 302 | 200 302",
    "admin:accounts_person_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:accounts_person_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_person_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_person_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:accounts_person_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_team_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_team_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_team_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_team_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_team_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_termsversion_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_termsversion_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 403",
    "admin:accounts_termsversion_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:accounts_termsversion_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:accounts_termsversion_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:admin_logentry_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:admin_logentry_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 403",
    "admin:admin_logentry_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:admin_logentry_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:admin_logentry_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:app_list": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:autocomplete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 405",
    "admin:core_centresettings_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:core_centresettings_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:core_centresettings_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:core_centresettings_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:core_centresettings_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:index": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:jsi18n": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 405",
    "admin:login": "302 302",
    "admin:logout": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:mail_mailtemplate_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:mail_mailtemplate_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 302",
    "admin:mail_mailtemplate_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:mail_mailtemplate_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:mail_mailtemplate_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:mail_mailtemplate_preview": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 404 200",
    "admin:mail_mailtemplate_preview_html": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 404 404",
    "admin:mail_mailtemplate_send": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 405 404",
    "admin:password_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:password_change_done": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:service_levels_holiday_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_holiday_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_holiday_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_holiday_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_holiday_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_promise_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:service_levels_promise_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_promise_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
    "admin:service_levels_promise_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 403 403",
    "admin:service_levels_promise_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_season_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_season_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_season_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_season_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_season_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_workingday_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_workingday_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_workingday_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_workingday_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:service_levels_workingday_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:tickets_service_add": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:tickets_service_change": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:tickets_service_changelist": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:tickets_service_delete": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:tickets_service_history": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "admin:view_on_site": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 404 404",
    "desk:absence_one": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:absence_reading": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 404",
    "desk:absence_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:absences": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:answer": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:children_answers": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:bulk": "302 302 | 302 302 | 404 404 | 404 404 | 200 302 | 302 302 | 200 302",
    "desk:bulk_job": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 404 405",
    "desk:bulk_preview": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:bulk_undoing": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:choices": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:board": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 200 405",
    "desk:closure": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:draft": "405 302 | 405 302 | 405 404 | 405 404 | 405 204 | 405 302 | 405 204",
    "desk:draft_file_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 200 | 405 302 | 405 200",
    "desk:drafts": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:draft_files": "405 302 | 405 302 | 405 404 | 405 404 | 405 200 | 405 302 | 405 200",
    "desk:filter": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:hold": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:insertion": "405 302 | 405 302 | 405 404 | 405 404 | 405 200 | 405 302 | 405 200",
    "desk:keys": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:link_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:links": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:live": "302 405 | 302 405 | 404 405 | 404 405 | 501 405 | 302 405 | 501 405",
    "desk:live_news": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:macro": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:macros": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_in": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_in_acceptance": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:mail_in_discarding": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:mail_in_html": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_in_one": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_in_original": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_in_replay": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:mail_in_ticket": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:mail_out": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_out_address": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:mail_out_html": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_out_one": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_out_original": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:mail_out_resending": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:mail_out_settlement": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:merging": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:names": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:note": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:notice_choices": "302 302 | 302 302 | 404 404 | 404 404 | 200 302 | 302 302 | 200 302",
    "desk:notices": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:notices_seen": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:offers": "302 302 | 302 302 | 404 404 | 404 404 | 200 200 | 302 302 | 200 200",
    "desk:palette": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:presence": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:preview": "405 302 | 405 302 | 405 404 | 405 404 | 405 200 | 405 302 | 405 200",
    "desk:queue": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:ready": "302 405 | 302 405 | 404 405 | 404 405 | 302 405 | 302 405 | 302 405",
    "desk:ready_list": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:ready_new": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:ready_one": "302 302 | 302 302 | 404 404 | 404 404 | 200 404 | 302 302 | 200 422",
    "desk:ready_preview": "405 302 | 405 302 | 405 404 | 405 404 | 405 200 | 405 302 | 405 200",
    "desk:ready_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:reopening": "405 302 | 405 302 | 405 404 | 405 404 | 405 409 | 405 302 | 405 409",
    "desk:resume": "405 302 | 405 302 | 405 404 | 405 404 | 405 409 | 405 302 | 405 409",
    "desk:retraction": "405 302 | 405 302 | 405 404 | 405 404 | 405 409 | 405 302 | 405 409",
    "desk:search": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:splitting": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 404 404",
    "desk:settings": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 302 405",
    "desk:settings_capacity": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:settings_field": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 422",
    "desk:settings_field_new": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 200",
    "desk:settings_form": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 422",
    "desk:settings_form_others": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 422",
    "desk:settings_form_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:settings_forms": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 200 405",
    "desk:settings_history": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 200 405",
    "desk:settings_list": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 200 405",
    "desk:settings_merging": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 422",
    "desk:settings_new": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 422",
    "desk:settings_one": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 422",
    "desk:settings_people": "302 405 | 302 405 | 404 405 | 404 405 | 404 405 | 302 405 | 200 405",
    "desk:settings_permissions": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 200 409",
    "desk:settings_position": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:settings_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:settings_role": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 302",
    "desk:saved_counts": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:saved_view": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:saved_view_position": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:saved_view_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:saved_views": "302 302 | 302 302 | 404 404 | 404 404 | 200 422 | 302 302 | 200 422",
    "desk:take": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:checklist": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:checklist_item": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:events": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:following": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:value": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:property": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:requester": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:snooze": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:spam": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:tag_names": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:participants": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:participant_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:tag_removal": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 302 | 405 404",
    "desk:tagging": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:time": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:timer": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:transfer": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "desk:waking": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:ticket": "302 405 | 302 405 | 404 405 | 404 405 | 200 405 | 302 405 | 200 405",
    "desk:unmerging": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:unsplitting": "405 302 | 405 302 | 405 404 | 405 404 | 405 302 | 405 302 | 405 302",
    "desk:visit": "405 302 | 405 302 | 405 404 | 405 404 | 405 422 | 405 302 | 405 422",
    "portal:accessibility": "200 405",
    "portal:account": "302 302 | 302 302 | 200 405 | 200 405 | 200 405 | 200 405 | 200 405",
    "portal:account_claims": "405 302",
    "portal:account_profile": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "portal:account_record": "302 302 | 302 302 | 200 405 | 200 405 | 200 405 | 200 405 | 200 405",
    "portal:account_request": "200 422 | 200 422 | 302 302 | 302 302 | 302 302 | 302 302 | 302 302",
    "portal:account_sign_out_everywhere": "405 302",
    "portal:activate": "200 422",
    "portal:activation_link": "200 422",
    "portal:activation_mails": "405 302",
    "portal:article": "404 405",
    "portal:caught_mail": "404 405",
    "portal:caught_mail_html": "404 405",
    "portal:caught_mail_raw": "404 405",
    "portal:caught_mail_reply": "405 404",
    "portal:caught_mails": "404 405",
    "portal:departure": "405 302 | 405 302 | 405 404 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:closure": "405 302 | 405 302 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:contact": "200 422",
    "portal:contact_confirm": "410 410",
    "portal:contact_domain": "200 405",
    "portal:contact_questions": "405 200",
    "portal:contact_sent": "200 200",
    "portal:domain": "200 405",
    "portal:draft": "405 404 | 405 404 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:draft_file_removal": "405 404 | 405 404 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:draft_files": "405 404 | 405 404 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:draft_removal": "405 404 | 405 404 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:email_change": "410 410",
    "portal:email_change_removal": "405 302",
    "portal:file": "404 405 | 404 405 | 200 405 | 404 405 | 200 405 | 404 405 | 200 405",
    "portal:file_original": "404 405 | 404 405 | 200 405 | 404 405 | 200 405 | 404 405 | 200 405",
    "portal:file_page": "404 405",
    "portal:file_thumb": "404 405",
    "portal:follow_up": "405 302 | 405 302 | 405 422 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:guest_closure": "405 303",
    "portal:guest_departure": "405 404",
    "portal:guest_follow_up": "405 422",
    "portal:guest_link": "200 422",
    "portal:guest_receipt": "200 405",
    "portal:guest_reopening": "405 303",
    "portal:guest_ticket": "200 405",
    "portal:home": "200 405",
    "portal:new_ticket": "302 302 | 302 302 | 200 422 | 200 422 | 200 422 | 200 422 | 200 422",
    "portal:password_strength": "405 200",
    "portal:privacy": "200 405",
    "portal:questions": "405 302 | 405 302 | 405 200 | 405 200 | 405 200 | 405 200 | 405 200",
    "portal:receipt": "302 405 | 302 405 | 200 405 | 404 405 | 404 405 | 404 405 | 404 405",
    "portal:reopening": "405 302 | 405 302 | 405 303 | 405 404 | 405 404 | 405 404 | 405 404",
    "portal:notices": "404 404",
    "portal:terms": "200 405",
    "portal:ticket": "302 405 | 302 405 | 200 405 | 404 405 | 404 405 | 404 405 | 404 405",
    "portal:tickets": "302 405 | 302 405 | 200 405 | 200 405 | 200 405 | 200 405 | 200 405",
    "unnamed (?P<url>.*)$": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 404 404",
    "unnamed desk/": "302 302",
    "unnamed <path:object_id>/": "302 302 | 302 302 | 404 404 | 404 404 | 404 404 | 302 302 | 302 302",
}


FRAMED = {"desk:mail_in_html", "desk:mail_out_html"}  # a mail's own layout, in a frame that may do nothing


def test_the_table_knows_every_address_and_no_other() -> None:
    assert set(EXPECTED) == set(patterns())


# Who sees the most asks the database for everything that the others ask it for.
EVERYBODY = [
    role if role in {"owner", "staff", "admin"} else pytest.param(role, marks=pytest.mark.same_everywhere)
    for role in ROLES
]


@pytest.mark.parametrize("role", EVERYBODY)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_everybody_gets_what_the_table_says(stage: Stage, role: str, language: str) -> None:
    wrong = {}
    for name, row in EXPECTED.items():
        if language == "en" and not worth_trying(name):
            continue
        pairs = row.split(" | ")
        expected = pairs[ROLES.index(role) if len(pairs) > 1 else 0]
        found = f"{stage.ask(role, 'GET', name, language)} {stage.ask(role, 'POST', name, language)}"
        if found != expected:
            wrong[name] = f"{found}, expected {expected}"
    assert not wrong


@pytest.mark.same_everywhere
@pytest.mark.parametrize("role", ROLES)
def test_a_page_about_a_person_is_kept_by_no_cache(stage: Stage, role: str) -> None:
    """What is shown to somebody signed in, or behind a personal link, is private or not stored."""
    careless = []
    for name in EXPECTED:
        if name.startswith("admin:") and name != "admin:index":
            continue
        with stage.browser(role) as browser:
            answer = browser.get(stage.address(name, "ar"))
            if answer.streaming:
                body(answer)
            cache, vary = answer.headers.get("Cache-Control", ""), answer.headers.get("Vary", "")
            if "private" not in cache and "no-store" not in cache and "Cookie" not in vary:
                careless.append(f"{name}: {answer.status_code} {cache!r} {vary!r}")
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, name
            if name in FRAMED and answer.status_code == 200:
                assert "sandbox" in policy and "allow-scripts" not in policy and "script-src" not in policy, (
                    name
                )
                assert "allow-same-origin" not in policy and "frame-ancestors 'self'" in policy, name
                assert answer.headers["X-Frame-Options"] == "SAMEORIGIN", name
                assert answer.headers["Referrer-Policy"] == "no-referrer", name
            else:
                assert "unsafe" not in policy, name
                assert answer.headers["X-Frame-Options"] == "DENY", name
                assert answer.headers["Referrer-Policy"] == "same-origin", name
            assert answer.headers["X-Content-Type-Options"] == "nosniff", name
            for cookie in filter(lambda cookie: cookie.value, answer.cookies.values()):
                assert cookie["samesite"] == "Lax", (name, cookie.key)
                assert cookie["httponly"] or cookie.key in {"tawasul_language", "tawasul_theme"}, cookie.key
    about_nobody = ("account_signup:", "portal:contact_domain:", "portal:domain:", "unnamed desk/:")
    assert not [line for line in careless if not line.startswith(about_nobody)]

"""Fields of the centre's own: what a ticket says in them, and in the settings the fields and the forms of services."""

from django.urls import URLPattern, path

from tawasul.desk.views import fields, service_forms, values

urlpatterns: list[URLPattern] = [
    path("tickets/<str:number>/fields/<slug:name>/", values.value, name="value"),
    path("settings/fields/new/", fields.new, name="settings_field_new"),
    path("settings/fields/<int:pk>/", fields.one, name="settings_field"),
    path("settings/forms/", service_forms.listed, name="settings_forms"),
    path("settings/forms/others/", service_forms.others, name="settings_form_others"),
    path("settings/forms/<int:pk>/", service_forms.of_service, name="settings_form"),
    path("settings/forms/<int:pk>/removal/", service_forms.removal, name="settings_form_removal"),
]

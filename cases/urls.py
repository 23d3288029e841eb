"""The pages of the field."""

from django.urls import path

from cases.views import field

urlpatterns = [
    path("handelser/ny/", field.new_incident, name="incident-new"),
    path("handelser/<uuid:pk>/", field.show_incident, name="incident"),
    path("handelser/<uuid:pk>/ungdom/", field.add_youth, name="incident-add-youth"),
]

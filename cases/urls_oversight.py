"""Oversight: the access log and the rules."""

from django.urls import path

from cases.views import oversight

urlpatterns = [
    path("logg/", oversight.log, name="log"),
    path("regler/", oversight.rules, name="rules"),
    path("regler/<slug:key>/", oversight.rule, name="rule"),
]

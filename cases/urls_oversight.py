"""Oversight: the access log and its reviews, emergencies, the rules."""

from django.urls import path

from cases.views import emergency, oversight, reviews, staff

urlpatterns = [
    path("logg/", oversight.log, name="log"),
    path("logg/granskningar/", reviews.reviews, name="reviews"),
    path("logg/granskningar/<uuid:pk>/", reviews.review, name="review"),
    path("nodlage/", emergency.open_case, name="emergency"),
    path("nodlage/bedom/", emergency.to_judge, name="emergencies"),
    path("nodlage/bedom/<uuid:pk>/", emergency.judge, name="emergency-judge"),
    path("regler/", oversight.rules, name="rules"),
    path("regler/<slug:key>/", oversight.rule, name="rule"),
    path("anvandare/", staff.users, name="users"),
    path("anvandare/<uuid:pk>/", staff.user, name="user"),
    path("anvandare/roll/<uuid:pk>/", staff.approve_role, name="role-approve"),
]

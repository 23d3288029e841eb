"""The pages of the field."""

from django.urls import path

from cases.views import absences, desk, duty, field, passes, tips, unit

urlpatterns = [
    path("kalender.ics", desk.calendar_feed, name="calendar-feed"),
    path("franvaro/", absences.unit, name="absences"),
    path("handelser/ny/", field.new_incident, name="incident-new"),
    path("handelser/<uuid:pk>/", field.show_incident, name="incident"),
    path("handelser/<uuid:pk>/ungdom/", field.add_youth, name="incident-add-youth"),
    path("tips/", tips.list_tips, name="tips"),
    path("tips/<uuid:pk>/", tips.show_tip, name="tip"),
    path("tips/<uuid:pk>/koppla/", tips.link_tip, name="tip-link"),
    path("tips/<uuid:pk>/koppla-loss/", tips.unlink_tip, name="tip-unlink"),
    path("enheten/", unit.unit, name="unit"),
    path("jourkalendrar/", duty.calendar, name="duty"),
    path("jourkalendrar/<uuid:pk>/avsluta/", duty.end_hours, name="duty-end"),
    path("jourkalendrar/dagar/", duty.special_days, name="special-days"),
    path("jourkalendrar/dagar/<uuid:pk>/avsluta/", duty.end_special_day, name="special-day-end"),
    path("jourkalendrar/funktioner/", duty.functions, name="functions"),
    path("jourkalendrar/funktioner/<uuid:pk>/avsluta/", duty.end_function, name="function-end"),
    path("insatser/", passes.list_passes, name="passes"),
    path("insatser/ny/", passes.plan_pass, name="pass-new"),
    path("insatser/<uuid:pk>/", passes.show_pass, name="pass"),
    path("insatser/<uuid:pk>/borja/", passes.begin_pass, name="pass-begin"),
    path("insatser/<uuid:pk>/avsluta/", passes.close_pass, name="pass-close"),
]

"""Every page of the product, grouped by what it is about."""

from django.urls import include, path

from kronoberg.views import (
    calendar,
    case,
    erasure,
    extract,
    home,
    lock,
    meetings,
    phone,
    promises,
    search,
    selection,
    worklist,
)

urlpatterns = [
    # The front door
    path("", home.home, name="home"),
    path("", include("kronoberg.urls_sign_in")),
    path("las-upp/spara/", lock.keep, name="lock-keep"),
    path("demo/", home.demo_login, name="demo-login"),
    path("utseende/", home.theme, name="theme"),
    path("tillganglighet/", promises.accessibility, name="accessibility"),
    path("tillganglighet/synpunkter/", promises.reports, name="accessibility-reports"),
    path("om/sakerhet/", promises.security, name="security-promise"),
    path(".well-known/security.txt", promises.security_txt, name="security-txt"),
    path("livez", home.alive, name="livez"),
    # The form of the field without a connection
    path("falt/", phone.shell, name="phone"),
    path("falt/nyckel/", phone.key, name="phone-key"),
    path("sw.js", phone.worker, name="worker"),
    # What waits
    path("start/", worklist.start, name="start"),
    path("arbetslista/", worklist.worklist, name="worklist"),
    path("sok/", search.search, name="search"),
    path("arbetslista/lage/", worklist.state, name="worklist-state"),
    path("arbetslista/markerade/", selection.take_many, name="worklist-many"),
    path("arbetslista/vyer/", selection.save_view, name="worklist-views"),
    # Meetings of many families
    path("kalender/", calendar.calendar, name="calendar"),
    path("traffar/", meetings.upcoming, name="meetings"),
    path("traffar/<uuid:pk>/", meetings.one, name="meeting"),
    # Incidents, and the oversight of readings and rules
    path("", include("cases.urls")),
    path("", include("cases.urls_oversight")),
    path("gallring/", erasure.lists, name="erasure"),
    path("gallring/bevara/", erasure.hold, name="erasure-hold"),
    path("gallring/bevara/<uuid:pk>/upphav/", erasure.lift, name="hold-lift"),
    path("gallring/<uuid:pk>/", erasure.approve, name="erasure-approve"),
    # Letters
    path("", include("notices.urls")),
    # Figures
    path("", include("kronoberg.statistics.urls")),
    # What is done about them, and what is promised
    path("", include("kronoberg.measures.urls")),
    # One case, and each step in it
    path("arenden/<uuid:pk>/", case.show, name="case"),
    path("arenden/<uuid:pk>/utdrag/", extract.extract, name="extract"),
    path("arenden/<uuid:pk>/skal/", case.reason, name="reason"),
    path("arenden/<uuid:pk>/<slug:action>/", case.step, name="step"),
    path("arenden/<uuid:pk>/<slug:action>/<uuid:about>/", case.step, name="step-about"),
]

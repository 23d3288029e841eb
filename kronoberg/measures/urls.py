from django.urls import path

from kronoberg.measures import views, views_promises

urlpatterns = [
    # Measures
    path("atgarder/", views.measures, name="measures"),
    path("atgarder/ny/", views.new, name="measure-new"),
    path("atgarder/<uuid:pk>/", views.one, name="measure"),
    path("atgarder/<uuid:pk>/andra/", views.change, name="measure-change"),
    # What was promised
    path("loften/nytt/", views_promises.new, name="promise-new"),
    path("loften/<uuid:pk>/", views_promises.one, name="promise"),
    path("loften/<uuid:pk>/andra/", views_promises.change, name="promise-change"),
    path("loften/<uuid:pk>/aktivitet/", views_promises.add_activity, name="promise-activity"),
    path("loften/<uuid:pk>/uppfoljning/", views_promises.report, name="promise-report"),
    path(
        "loften/<uuid:pk>/uppfoljning/rapport/",
        views_promises.report_pdf,
        name="promise-report-pdf",
    ),
    path("loften/<uuid:pk>/kommentar/", views_promises.comment, name="promise-comment"),
    path("loften/aktivitet/<uuid:pk>/", views_promises.tick, name="activity-tick"),
]

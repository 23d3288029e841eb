"""Every page of the product, grouped by what it is about."""

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import include, path

from cases.routes import needs
from kronoberg.views import case, home, worklist

urlpatterns = [
    # The front door
    path("", home.home, name="home"),
    path(
        "logga-in/",
        needs.nobody(
            LoginView.as_view(template_name="login.html", redirect_authenticated_user=True)
        ),
        name="login",
    ),
    path("logga-ut/", needs.nobody(LogoutView.as_view()), name="logout"),
    path("demo/", home.demo_login, name="demo-login"),
    path("utseende/", home.theme, name="theme"),
    path("tillganglighet/", home.accessibility, name="accessibility"),
    path("livez", home.alive, name="livez"),
    # What waits
    path("start/", worklist.start, name="start"),
    path("arbetslista/", worklist.worklist, name="worklist"),
    # Incidents, and the oversight of readings and rules
    path("", include("cases.urls")),
    path("", include("cases.urls_oversight")),
    # Letters
    path("", include("notices.urls")),
    # Figures
    path("", include("kronoberg.statistics.urls")),
    # One case, and each step in it
    path("arenden/<uuid:pk>/", case.show, name="case"),
    path("arenden/<uuid:pk>/skal/", case.reason, name="reason"),
    path("arenden/<uuid:pk>/<slug:action>/", case.step, name="step"),
]

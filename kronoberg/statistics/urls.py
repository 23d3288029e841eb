from django.urls import path

from kronoberg.statistics import views

urlpatterns = [
    # Figures
    path("statistik/", views.statistics, name="statistics"),
]

from django.urls import path

from kronoberg.statistics import views, views_reports

urlpatterns = [
    # Figures
    path("statistik/", views.statistics, name="statistics"),
    path("statistik/rapport/", views_reports.statistics_pdf, name="statistics-pdf"),
    path(
        "statistik/rapport.csv",
        views_reports.statistics_tables,
        {"form": "csv"},
        name="statistics-all-csv",
    ),
    path(
        "statistik/rapport.xlsx",
        views_reports.statistics_tables,
        {"form": "xlsx"},
        name="statistics-all-xlsx",
    ),
    path("statistik/mejl/", views_reports.statistics_mail, name="statistics-mail"),
    path("statistik/<slug:slug>/", views.statistics, name="statistics-question"),
    path(
        "statistik/<slug:slug>/rapport/",
        views_reports.statistics_page_pdf,
        name="statistics-page-pdf",
    ),
    path("statistik/<slug:slug>/tabeller.csv", views.statistics_csv, name="statistics-csv"),
    path("statistik/<slug:slug>/tabeller.xlsx", views.statistics_xlsx, name="statistics-xlsx"),
]

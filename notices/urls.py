from django.urls import path

from notices import views

urlpatterns = [
    path("brev/<uuid:pk>/", views.letter, name="letter"),
    path("brev/<uuid:pk>.pdf", views.pdf, name="letter-pdf"),
]

from django.urls import path

from notices import (
    views,
    views_again,
    views_handouts,
    views_pile,
    views_post,
    views_preview,
    views_serving,
    views_window,
    views_wording,
)

urlpatterns = [
    path("brev/<uuid:pk>/", views.letter, name="letter"),
    path("brev/<uuid:pk>.pdf", views.pdf, name="letter-pdf"),
    # What the letters say
    path("brevtexter/", views_wording.wordings, name="wordings"),
    path("brevtexter/<slug:name>/", views_wording.wording, name="wording"),
    path("brevtexter/<slug:name>.pdf", views_wording.pdf, name="wording-pdf"),
    path("brevtexter/<slug:name>/granska/", views_wording.approve, name="wording-approve"),
    # What somebody has ordered to the screen
    path("pdf/<uuid:pk>/", views_handouts.show, name="handout"),
    path("pdf/<uuid:pk>.pdf", views_handouts.pdf, name="handout-pdf"),
    path("pdf/<uuid:pk>/tabeller/", views_handouts.tables, name="handout-tables"),
    path("pdf/<uuid:pk>/forsok-igen/", views_handouts.retry, name="handout-retry"),
    path("anmalan/<uuid:pk>/forhandsgranska/", views_preview.order, name="notice-preview"),
    path("forverkande/<uuid:pk>/beslut/", views_serving.order, name="forfeiture-decision"),
    # The post room
    path("post/", views_pile.room, name="post"),
    path("post/fonster/", views_window.window, name="letter-window"),
    path("post/fonster/<slug:code>/", views_window.sheet, name="window-sheet"),
    path("post/hog/", views_pile.start, name="pile-start"),
    path("post/hog/<uuid:pk>/", views_pile.show, name="pile"),
    path("post/hog/<uuid:pk>/forsok-igen/", views_pile.retry, name="pile-retry"),
    path("post/hog/<uuid:pk>/skriv-ut/", views_pile.print_out, name="pile-print"),
    path("post/hog/<uuid:pk>/postat/", views_pile.posted, name="pile-posted"),
    path("post/hog/<uuid:pk>.pdf", views_pile.pdf, name="pile-pdf"),
    path("post/uteblivet/<uuid:pk>/", views_again.again, name="held-again"),
    path("post/brev/<uuid:pk>/for-sig/", views_pile.alone, name="letter-alone"),
    path("post/inte-gjorda/", views_post.unmade, name="letters-unmade"),
    path("post/utan-kvittens/", views_post.unreceipted, name="notices-unreceipted"),
    path("post/brev/<uuid:pk>/forsok-igen/", views_post.retry, name="letter-retry"),
    path("post/brev/<uuid:pk>/<slug:action>/", views_post.step, name="letter-step"),
]

"""Addresses of the editors' pages."""

from __future__ import annotations

from django.urls import path

from csbot.curation import console_views, promise_views, rehearsal_views, review_views, trial_views, views

urlpatterns = [
    path("unanswered/", views.unanswered, name="unanswered"),
    path("unanswered/<str:language>/<str:digest>/", views.question, name="unanswered_question"),
    path("promise/", promise_views.promise_first, name="promise_first"),
    path("promise/<uuid:pk>/", promise_views.promise, name="promise"),
    path("before-publishing/", rehearsal_views.rehearsal_first, name="rehearsal_first"),
    path("before-publishing/<uuid:pk>/", rehearsal_views.rehearsal, name="rehearsal"),
    path("review/", review_views.review_first, name="review_first"),
    path("review/<uuid:pk>/", review_views.review, name="review"),
    path("console/", console_views.console, name="console"),
    path("console/turn/<uuid:pk>/", console_views.console_turn, name="console_turn"),
    path("console/upload/", trial_views.trial_upload, name="trial_upload"),
    path("console/trial/<uuid:pk>/", trial_views.trial, name="trial"),
    path("console/trial/<uuid:pk>/table.csv", trial_views.trial_table, name="trial_table"),
    path("gold/", trial_views.gold_first, name="gold_first"),
    path("gold/<uuid:pk>/", trial_views.gold, name="gold"),
]

"""Every address of the web process."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

urlpatterns = [
    path("", include("csbot.operations.urls")),
    path("", include("csbot.widget.urls")),
    path("", include("csbot.dashboard.urls")),
    path("", include("csbot.demo.urls")),
    path("", include("csbot.reports.urls")),
    path("", include("csbot.curation.urls")),
    path("account/", include("csbot.accounts.urls")),
    path("api/v1/", include("csbot.operations.api_urls")),
    path("api/v1/", include("csbot.api.urls")),
    path("api/v1/", include("csbot.dashboard.api_urls")),
    path("api/v1/", include("csbot.reports.api_urls")),
    path("v1/", include("csbot.api.openai.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]

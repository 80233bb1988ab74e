"""Figures for programs: the same points as the charts'."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from csbot.api.permissions import Has, caller_for
from csbot.reports.figures import FIGURES, points_of
from csbot.reports.forms import SpanForm


class PointShape(serializers.Serializer):  # type: ignore[type-arg]
    value = serializers.CharField(help_text="A day, a route, a reason …, as the figure is grouped.")
    count = serializers.IntegerField()


class ReportShape(serializers.Serializer):  # type: ignore[type-arg]
    figure = serializers.CharField()
    first = serializers.DateField()
    last = serializers.DateField()
    time_zone = serializers.CharField()
    points = PointShape(many=True)


DAY = {"type": "string", "format": "date"}
PARAMETERS = [
    OpenApiParameter("figure", str, "path", enum=list(FIGURES)),
    OpenApiParameter("first", DAY, description="First day in the site's time zone; 29 days before the last one."),
    OpenApiParameter("last", DAY, description="Last day; today."),
    OpenApiParameter("site", {"type": "string", "format": "uuid"}),
    OpenApiParameter("language", str, enum=["zh", "en"]),
]


class ReportView(APIView):
    permission_classes = (Has("reports.read"),)

    @extend_schema(parameters=PARAMETERS, responses=ReportShape, summary="A figure of the reports")
    def get(self, request: Request, figure: str) -> Response:
        if figure not in FIGURES:
            raise NotFound
        form = SpanForm(request.query_params, caller=caller_for(request))
        if not form.is_valid():
            raise ValidationError({name: [str(error) for error in errors] for name, errors in form.errors.items()})
        span = form.span()
        points: list[dict[str, Any]] = [{"value": str(point.value), "count": point.count} for point in points_of(FIGURES[figure], span)]
        return Response({"figure": figure, "first": span.first, "last": span.last, "time_zone": span.zone, "points": points})

"""The installation's health as an API answer, described in the schema."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from csbot.operations.health import readiness


class CheckSerializer(serializers.Serializer):  # type: ignore[type-arg]
    state = serializers.ChoiceField(choices=["loading", "ready", "down"])
    detail = serializers.CharField(allow_blank=True)


class GenerationSerializer(CheckSerializer):
    backend = serializers.CharField(allow_blank=True)
    model = serializers.CharField(allow_blank=True)


class HealthSerializer(serializers.Serializer):  # type: ignore[type-arg]
    ready = serializers.BooleanField()
    checks = serializers.DictField(child=CheckSerializer())
    generation = GenerationSerializer()


class HealthView(APIView):
    permission_classes = (AllowAny,)
    authentication_classes = ()

    @extend_schema(responses=HealthSerializer, summary="Whether visitors can be answered")
    def get(self, request: Request) -> Response:
        body = readiness()
        return Response(HealthSerializer(body).data, status=200 if body["ready"] else 503)

"""What the log says about requests that went wrong: faults of ours with their traceback, foreign nonsense on one line."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("the tea is cold")


def missing(request: HttpRequest) -> HttpResponse:
    raise Http404


def unready(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503)


def reading(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.body)


class BrokenApi(APIView):
    authentication_classes = permission_classes = ()

    def get(self, request: Request) -> Response:
        raise ValueError("the tea is cold")


urlpatterns = [
    path("broken/", broken),
    path("api/v1/broken/", BrokenApi.as_view()),
    path("missing/", missing),
    path("unready/", unready),
    path("reading/", reading),
    path("", include("csbot.urls")),  # the error pages name its addresses
]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """What the handlers of our settings write."""
    written = io.StringIO()
    handlers = [handler for name in (None, "django.security") for handler in logging.getLogger(name).handlers]
    ours = [handler for handler in handlers if isinstance(handler, logging.StreamHandler) and handler.name in ("console", "one_line")]
    before = [handler.setStream(written) for handler in ours]
    yield written
    for handler, stream in zip(ours, before, strict=True):
        handler.setStream(stream)


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize("address", ["/broken/", "/api/v1/broken/"])
def test_a_fault_of_ours_is_written_down_with_its_traceback(visitor: Client, logged: io.StringIO, address: str) -> None:
    assert visitor.get(address).status_code == 500
    assert "Traceback" in logged.getvalue()
    assert "the tea is cold" in logged.getvalue()


@pytest.mark.parametrize(("address", "status"), [("/missing/", 404), ("/unready/", 503)])
def test_an_answer_that_a_view_chose_is_not_written_down(visitor: Client, logged: io.StringIO, address: str, status: int) -> None:
    assert visitor.get(address).status_code == status
    assert logged.getvalue() == ""


def test_a_foreign_host_is_one_line(visitor: Client, logged: io.StringIO) -> None:
    assert visitor.get("/missing/", headers={"host": "evil.example"}).status_code == 400
    assert "evil.example" in logged.getvalue()
    assert logged.getvalue().count("\n") == 1


def test_a_body_that_is_too_large_is_one_line(visitor: Client, logged: io.StringIO) -> None:
    assert visitor.post("/reading/", b"x" * 5_000_000, content_type="application/json").status_code == 400
    assert "DATA_UPLOAD_MAX_MEMORY_SIZE" in logged.getvalue()
    assert logged.getvalue().count("\n") == 1

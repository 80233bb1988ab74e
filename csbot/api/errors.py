"""One error shape for every endpoint (drf-standardized-errors), refusals of the services among them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import get_language
from drf_standardized_errors.handler import exception_handler as standardized
from rest_framework.exceptions import APIException
from rest_framework.response import Response

from csbot.conversations.errors import Refused
from csbot.conversations.texts import error_text

STATUS = {
    **{"not_found": 404, "owner_changed": 409, "held_by": 409, "at_capacity": 409, "version_needed": 428},
    **{"too_fast": 429, "busy": 429, "session_expired": 401},
}


class RefusedByService(APIException):
    def __init__(self, refusal: Refused) -> None:
        language = "zh" if (get_language() or "").startswith("zh") else "en"
        super().__init__(error_text(refusal, language), refusal.code)
        self.status_code = STATUS.get(refusal.code, 400)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(f"The request is too large: at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes. Send it in several parts.")


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, RequestDataTooBig):
        error = TooLarge()
    response: Response | None = standardized(RefusedByService(error) if isinstance(error, Refused) else error, context)
    if response is not None and isinstance(error, Refused) and error.retry_after_s:
        response["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return response

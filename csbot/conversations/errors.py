"""What a sender can do wrong. Each becomes an `error` frame with a code and a translated text; nothing is dropped silently (C8)."""

from __future__ import annotations


class Refused(Exception):
    """The wish is refused. `code` names the text; `values` fill it; `retry_after_s` says when to come back."""

    def __init__(self, code: str, *, retry_after_s: float | None = None, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.retry_after_s = retry_after_s
        self.values = values


class NotYours(Refused):
    """The thing does not exist for whoever asks; the same answer whether it exists for others or not."""

    def __init__(self) -> None:
        super().__init__("not_found")


class SessionInvalid(Refused):
    """The token is missing, expired, forged, or of another company."""

    def __init__(self) -> None:
        super().__init__("session_expired")


class SiteOff(Refused):
    """The site was switched off; tokens that were good for it are good for nothing until it is on again."""

    def __init__(self) -> None:
        super().__init__("site_off")


class OwnerChanged(Refused):
    """Somebody else owns the conversation by now; the write named an old version (C6)."""

    def __init__(self) -> None:
        super().__init__("owner_changed")

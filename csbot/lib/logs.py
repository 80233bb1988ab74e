"""How log records become lines, and that nobody's phone number, address or card stands in one. Knows the logging library; no product words."""

from __future__ import annotations

import copy
import logging
import threading

_plain = logging.Formatter()


class OneLine(logging.Formatter):
    """Drops tracebacks: for what anybody outside can cause as often as they like."""

    def format(self, record: logging.LogRecord) -> str:
        bare = copy.copy(record)
        bare.exc_info = bare.exc_text = bare.stack_info = None
        return super().format(bare)


def is_fault(record: logging.LogRecord) -> bool:
    """An exception of ours, and not an answer that a view chose, such as the 503 of a start that goes on."""
    return record.exc_info is not None


class HidesPersonal(logging.Filter):
    """On each handler, so that records of every logger and library pass it. Closed where masking fails: then nothing of the record is shown.

    What it changes it changes in the record, and once: message, arguments, exception and stack as they would be written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if not getattr(record, "is_masked", False):
            try:
                _hide(record)
            except Exception as error:  # noqa: BLE001 - whatever it is, a log never breaks what it tells of
                record.msg, record.args = f"(not shown: it could not be masked, {type(error).__name__})", None
                record.exc_info = record.exc_text = record.stack_info = None
            record.is_masked = True
        return True


def hide_personal(logger: logging.Logger, **_: object) -> None:
    """For handlers that a library made."""
    for handler in logger.handlers:
        handler.addFilter(HidesPersonal())


def _hide(record: logging.LogRecord) -> None:
    from knowledge.facade import mask_log

    record.msg, record.args = mask_log(_message(record)), None
    if record.exc_info and not record.exc_text:
        record.exc_text = _plain.formatException(record.exc_info)
    if record.exc_text:
        record.exc_text = mask_log(record.exc_text)
    if record.stack_info:
        record.stack_info = mask_log(record.stack_info)


def _message(record: logging.LogRecord) -> str:
    """Also of a record whose arguments do not fit: the handler would write them to stderr as they are."""
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):
        return f"{record.msg} {record.args!r}"


def log_broken_threads() -> None:
    """What ends a thread goes to the log, and not past it to stderr."""
    threading.excepthook = _thread_ended


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_type is SystemExit:
        return
    what = ended.exc_value or ended.exc_type()
    name = ended.thread.name if ended.thread else "?"
    logging.getLogger(__name__).error("the thread %s ended", name, exc_info=what)

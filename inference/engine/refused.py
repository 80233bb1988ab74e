"""What an engine says when it does not take a model, so that another one may."""

from __future__ import annotations


class Refused(Exception):
    """The message says which model and why."""

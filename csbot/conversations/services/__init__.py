"""What may be done to a conversation. Every door (socket, API, console, tasks) goes through here; each write is atomic."""

from __future__ import annotations

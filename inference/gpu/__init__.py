"""The engine on a graphics card, measured with random weights in real shapes. Needs torch and transformers only."""

from __future__ import annotations

"""Reasons not to answer although the chance is good: opposite, other number, other thing, other side. A guard can only veto."""

"""Abuse and self-harm by meaning, where no listed word stands: a small classifier on the product encoder's vectors. README.md says from what."""

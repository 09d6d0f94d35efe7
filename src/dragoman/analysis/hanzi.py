"""Traditional Chinese characters and the simplified ones they are folded to."""

from __future__ import annotations

SIMPLIFIED: dict[int, str] = {}
"""By code point; only characters that have one simplified form in general use."""

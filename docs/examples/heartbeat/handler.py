"""What the example's function does: count its calls."""

import os


def handle(event: dict[str, str], _context: object) -> dict[str, str]:
    """Answer with who asked and whom."""
    return {"shop": os.environ["SHOP"], "caller": event["caller"]}

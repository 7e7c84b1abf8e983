"""Drawing lots that come out the same every time."""

from random import Random


def lots(seed: int, of: str) -> Random:
    """Give a source of chance that depends on the seed and on what is drawn, and on nothing else."""
    return Random(f"{seed}:{of}")  # noqa: S311 - a simulation keeps no secret

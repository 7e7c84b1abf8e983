"""Functions that relate points and ranges (DMN 1.5 §10.3.4.11, table 78)."""

from kfflow.feel import logic
from kfflow.feel.builtins.registry import builtin
from kfflow.feel.runtime import MISSING, Run
from kfflow.feel.values import Range


class _Unordered(Exception):  # noqa: N818 - leaves the comparison, never this module
    """Two ends cannot be compared."""

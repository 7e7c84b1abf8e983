"""The built-in functions of DMN 1.3-1.5 and the additions that Camunda's dialect made familiar, one module a kind."""

from kfflow.feel.builtins import contexts, conversion, lists, moments, numeric, patterns, ranges, text

__all__ = ["contexts", "conversion", "lists", "moments", "numeric", "patterns", "ranges", "text"]

"""The third-party cases beside the checkout: where they are, and their own runner as a module."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(__file__).parents[3] / "shared" / "conformance"


def runner() -> ModuleType:
    """Import the suite's own runner from beside the checkout."""
    name = "run_conformance"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, FOLDER / "run_conformance.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]

"""Runs every benchmark; each prints ratios measured side by side in one run."""

import importlib
import pkgutil

import bench

for module in sorted(m.name for m in pkgutil.iter_modules(bench.__path__) if not m.name.startswith("_")):
    print(f"\n== {module}")
    importlib.import_module(f"bench.{module}").main()

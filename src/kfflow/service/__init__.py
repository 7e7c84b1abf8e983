"""The commands of the product, one function each: lock, authorize, change state, log, run the engine, record."""

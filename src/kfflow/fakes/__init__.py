"""Stand-ins for systems outside kfflow, for tests and demonstrations; never part of an installation."""

"""An installation as a folder: everything written out in open formats, and read back into an empty installation."""

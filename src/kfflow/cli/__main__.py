"""`python -m kfflow.cli`: the command line without its script."""

from kfflow.cli import main

main()

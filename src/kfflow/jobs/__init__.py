"""The workers: they find due jobs, timers, messages and deadlines in the rows, and run one command for each."""

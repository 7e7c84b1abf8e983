"""Diagrams are compiled by many threads at once, also the first ones of a process."""

import threading
from concurrent.futures import ThreadPoolExecutor

from kfflow import engine
from kfflow.engine.bpmn.lint import schema
from tests.integration.service import diagrams

THREADS = 8


def test_the_first_diagrams_of_a_process_compile_in_many_threads_at_once():
    source = diagrams.sequence("proces", diagrams.user_task("A"), ids=["A"])
    for _ in range(10):
        schema._schema.cache_clear()
        together = threading.Barrier(THREADS)

        def compile_it(_number, together=together):
            together.wait()
            return engine.compile_process(source, "p.bpmn")[0].process_id

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(compile_it, range(THREADS))) == ["proces"] * THREADS

"""Valid diagrams with something wrong in them are refused at a place, or run to their end or an incident."""

import faulthandler
import traceback

from tests.properties import mutants, pairs

MOST_SECONDS = 20
"""How long one mutant may take before the run is ended with the stack of where it hangs."""


def test_a_mutant_is_refused_at_a_place_or_runs():
    valid = mutants.diagrams()
    told = dict.fromkeys(mutants.VERDICTS, 0)
    for seed in pairs.wanted(500, of="MUTANTS"):
        mutant = mutants.mutated(seed, valid)
        faulthandler.dump_traceback_later(MOST_SECONDS, exit=True)
        try:
            told[mutants.judged(mutant)] += 1
        except Exception as fault:
            told_at = f"seed {seed}, {mutant.changes}\n{mutant.source.decode()}\n{traceback.format_exc()}"
            raise AssertionError(told_at) from fault
        finally:
            faulthandler.cancel_dump_traceback_later()
    assert min(told["refused"], told["ended"]) > 0

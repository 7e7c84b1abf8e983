"""What is said of errors that are not kfflow's own: a command written wrong, a file, a database without tables.

Each function gives words in Danish and English; click's own words are the English ones.
"""

import errno

import click
import psycopg
from sqlalchemy.exc import DBAPIError

from kfflow.cli.arguments import BadValue
from kfflow.errors import Conflict, InvalidInput, KfflowError, Unavailable

FOREIGN = (DBAPIError, psycopg.Error, OSError)
_FILES = {
    errno.ENOENT: ("findes ikke", "does not exist"),
    errno.EEXIST: ("findes allerede", "is there already"),
    errno.ENOTDIR: ("er ingen mappe", "is no folder"),
    errno.EISDIR: ("er en mappe", "is a folder"),
    errno.EACCES: ("må ikke læses eller skrives", "may not be read or written"),
    errno.ENOSPC: ("kan ikke skrives: disken er fuld", "cannot be written: the disk is full"),
}


def refusal_of(problem: DBAPIError | psycopg.Error | OSError) -> KfflowError | None:
    """Give what an operator can do something about; None for a fault of kfflow, whose trace is wanted."""
    cause = problem.orig if isinstance(problem, DBAPIError) else problem
    if isinstance(cause, psycopg.errors.UndefinedTable | psycopg.errors.UndefinedColumn):
        return Conflict(
            "Databasen har ikke det skema, som denne version bruger. Kør »kfflow migrate«.",
            "The database has not the schema that this version uses. Run “kfflow migrate”.",
        )
    if isinstance(cause, psycopg.OperationalError):
        words = str(cause).strip().partition("\n")[0]
        return Unavailable(f"Databasen kan ikke bruges: {words}", f"The database cannot be used: {words}")
    return _of_file(cause) if isinstance(cause, OSError) else None


def _of_file(problem: OSError) -> KfflowError | None:
    """Give what is wrong with a file; None when a reader of the output has gone, which click sees to."""
    if problem.errno == errno.EPIPE:
        return None
    words = problem.strerror or str(problem)
    danish, english = _FILES.get(problem.errno or 0, (words, words))
    place = f"{problem.filename} " if problem.filename else ""
    return InvalidInput(f"{place}{danish}.", f"{place}{english}.")


def danish(problem: click.UsageError) -> str:
    """Give in Danish what is wrong with a command as it was written."""
    match problem:
        case click.BadParameter():
            return _of_value(problem)
        case click.NoSuchOption():
            return f"Valget {problem.option_name} findes ikke."
        case click.exceptions.NoSuchCommand():
            return f"Kommandoen {problem.command_name} findes ikke."
        case click.BadOptionUsage():
            return f"Valget {problem.option_name} er ikke skrevet, som det skal."
    return "Kommandoen er ikke skrevet, som den skal."


def _of_value(problem: click.BadParameter) -> str:
    name = problem.param.get_error_hint(problem.ctx).replace("'", "") if problem.param is not None else "Værdien"
    match problem:
        case BadValue():
            return f"{name}: {problem.danish}"
        case click.MissingParameter():
            return f"{name} mangler."
    return f"{name}: {_wanted(problem.param)}"


def _wanted(param: click.Parameter | None) -> str:
    match param.type if param is not None else None:
        case click.Choice() as choice:
            return f"vælg mellem {', '.join(str(one) for one in choice.choices)}."
        case click.IntRange() | click.FloatRange() as numbers:
            low, high = (f" {word} {end}" if end is not None else "" for word, end in _ends(numbers))
            return f"skriv et tal{low}{high}."
        case click.Path():
            return "filen eller mappen findes ikke, eller den er ikke, hvad der skal bruges."
        case click.types.IntParamType():
            return "skriv et helt tal."
    return "værdien kan ikke læses."


def _ends(numbers: click.IntRange | click.FloatRange) -> tuple[tuple[str, float | None], tuple[str, float | None]]:
    return ("fra", numbers.min), ("til", numbers.max)

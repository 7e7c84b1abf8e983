"""Operators' slips on the command line: a sentence in both languages and what to write instead, never a trace."""

import pytest

from kfflow.persistence import embedded
from tests.integration.cli.conftest import CommandLine

BEYOND = "9" * 23
NO_KEY = (f"»{BEYOND}« er ingen nøgle.", f"“{BEYOND}” is no key.")
NO_DAY = (
    "»2027-02-30« er ingen dag i årene 1900-2199. Skriv ÅÅÅÅ-MM-DD, fx 2026-12-01.",
    "“2027-02-30” is no day of the years 1900-2199. Write YYYY-MM-DD, e.g. 2026-12-01.",
)
BASES = "{dk|dk-kontor|24/7}"
SLIPS = {
    f"deadline explain {BEYOND}": ("KEY", *NO_KEY),
    f"incident show {BEYOND}": ("KEY", *NO_KEY),
    f"instance show {BEYOND}": ("KEY", *NO_KEY),
    f"timer reschedule {BEYOND} 2099-01-01 --reason x": ("KEY", *NO_KEY),
    f"timer list --instance {BEYOND}": ("--instance", *NO_KEY),
    "timer reschedule 1 i-morgen --reason x": (
        "DUE",
        "»i-morgen« er intet tidspunkt. Skriv fx 2026-12-01T12:00.",
        "“i-morgen” is no time. Write e.g. 2026-12-01T12:00.",
    ),
    "versions at 2027-02-30": ("DAY", *NO_DAY),
    "calendar close 2027-02-30 --reason x": ("DAY", *NO_DAY),
    "calendar keep SDO dk --reason x --from 2027-02-30": ("--from", *NO_DAY),
    "calendar keep SDO tysk --reason x": (
        BASES,
        "vælg mellem dk, dk-kontor, 24/7.",
        "'tysk' is not one of 'dk', 'dk-kontor', '24/7'.",
    ),
    "incident list --limit 0": ("--limit", "skriv et tal fra 1 til 1000.", "0 is not in the range 1<=x<=1000."),
    "demo --seed mange": ("--seed", "skriv et helt tal.", "'mange' is not a valid integer."),
    "lint er_her_ikke.bpmn": (
        "FILES...",
        "filen eller mappen findes ikke, eller den er ikke, hvad der skal bruges.",
        "File 'er_her_ikke.bpmn' does not exist.",
    ),
}
UNWRITTEN = {
    "calendar close 2027-02-03": ("--reason mangler.", "Error: Missing option '--reason'."),
    "calendar keep": ("INSTITUTION mangler.", "Error: Missing argument 'INSTITUTION'."),
    "incident list --naar": ("Valget --naar findes ikke.", "Error: No such option '--naar'."),
    "incident list --limit": (
        "Valget --limit er ikke skrevet, som det skal.",
        "Error: Option '--limit' requires an argument.",
    ),
    "incidents": ("Kommandoen incidents findes ikke.", "Error: No such command 'incidents'."),
    "incident list alle": (
        "Kommandoen er ikke skrevet, som den skal.",
        "Error: Got unexpected extra argument (alle)",
    ),
}


@pytest.fixture
def unmigrated(postgres) -> CommandLine:
    return CommandLine({"KFFLOW_DATABASE_URL": embedded.fresh(postgres, "kfflow_unmigrated")})


@pytest.mark.parametrize("typed", SLIPS)
def test_a_value_that_cannot_be_is_told_with_what_can(kfflow, typed):
    name, danish, english = SLIPS[typed]
    refused = kfflow(*typed.split())
    lines = refused.output.splitlines()
    told = (2, f"{name}: {danish}", f"Error: Invalid value for '{name}': {english}")
    assert (refused.exit_code, lines[0], lines[-1]) == told


@pytest.mark.parametrize("typed", UNWRITTEN)
def test_a_command_that_is_written_wrong_is_told_in_both_languages(kfflow, typed):
    refused = kfflow(*typed.split())
    lines = refused.output.splitlines()
    assert (refused.exit_code, lines[0], lines[-1].partition(" Did you")[0]) == (2, *UNWRITTEN[typed])


@pytest.mark.parametrize("choice", [f"processInstanceKey={BEYOND}", f"processDefinitionVersion={BEYOND}"])
def test_a_filter_beyond_what_a_column_holds_is_refused(kfflow, choice):
    refused = kfflow("instance", "cancel", "--filter", choice, "--reason", "x", "--dry-run")
    assert (refused.exit_code, refused.output.splitlines()[:2]) == (
        2,
        ["Filteret kan ikke læses.", "The filter cannot be read."],
    )


def test_a_group_alone_shows_its_help(kfflow):
    assert kfflow("deadline").output.splitlines()[0] == "Usage: main deadline [OPTIONS] COMMAND [ARGS]..."


def test_a_database_without_the_schema_is_told_to_be_migrated(unmigrated):
    refused = unmigrated("versions", "at", "2027-01-01")
    assert (refused.exit_code, refused.output.splitlines()[-2:]) == (
        2,
        [
            "Databasen har ikke det skema, som denne version bruger. Kør »kfflow migrate«.",
            "The database has not the schema that this version uses. Run “kfflow migrate”.",
        ],
    )


def test_an_export_to_a_file_or_beneath_one_is_refused_by_name(kfflow, tmp_path):
    (tmp_path / "alt").write_bytes(b"mine")
    onto = kfflow("export", tmp_path / "alt")
    assert (onto.exit_code, onto.output.splitlines()[0]) == (2, f"{tmp_path / 'alt'} er en fil; vælg en ny mappe.")
    beneath = kfflow("export", tmp_path / "alt" / "ny")
    assert (beneath.exit_code, beneath.output.splitlines()) == (
        2,
        [f"{tmp_path / 'alt' / 'ny'} er ingen mappe.", f"{tmp_path / 'alt' / 'ny'} is no folder."],
    )
    assert (tmp_path / "alt").read_bytes() == b"mine"


def test_an_export_to_a_zip_makes_the_folder_that_it_stands_in(kfflow, tmp_path):
    exported = kfflow("export", tmp_path / "ny" / "alt.zip")
    assert (exported.exit_code, (tmp_path / "ny" / "alt.zip").is_file()) == (0, True)

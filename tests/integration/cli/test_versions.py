"""`kfflow versions at`, and deploying with a law from the command line."""

from pathlib import Path

from tests.integration.service import diagrams


def deployed(kfflow, folder: Path, name: str, *options: str) -> str:
    file = folder / "p.bpmn"
    file.write_bytes(diagrams.sequence("proces", diagrams.user_task(name), ids=[name]))
    return kfflow("deploy", file, *options).output


def test_versions_at_a_day_tell_validity_rule_and_law(kfflow, tmp_path):
    assert deployed(kfflow, tmp_path, "A") == "proces version 1\n"
    law = ("--gyldig-fra", "2027-01-01", "--lov", "lov nr. 1", "--overgang", "NEW_CASES")
    assert deployed(kfflow, tmp_path, "B", *law) == "proces version 2\n"
    before, after = (kfflow("versions", "at", day).output for day in ("2026-12-31", "2027-01-01"))
    shown = [[line.split() for line in out.splitlines() if line.startswith("proces ")] for out in (before, after)]
    assert shown == [
        [["proces", "1", "–", "–", "FROM_REFERENCE_DATE"]],
        [["proces", "2", "2027-01-01", "–", "NEW_CASES", "lov", "nr.", "1"]],
    ]


def test_a_wrong_date_is_told_in_both_languages(kfflow, tmp_path):
    told = deployed(kfflow, tmp_path, "A", "--gyldig-fra", "1.1.2027")
    assert told.splitlines()[-1] == "  gyldig_fra: Skriv datoen som ÅÅÅÅ-MM-DD. / Write the date as YYYY-MM-DD."


def test_versions_at_a_day_tell_the_calendars_and_what_was_changed_about_the_day(kfflow):
    kfflow("calendar", "close", "2027-03-01", "--reason", "Flytning", "--hjemmel", "cirkulære 1")
    season = ("--from", "2027-03-01", "--until", "2027-06-01", "--reason", "Kontortid", "--hjemmel", "aftale")
    kfflow("calendar", "keep", "SDO", "dk-kontor", *season)
    listed = kfflow("versions", "at", "2027-03-01").output.partition("calendar\n")[2].splitlines()
    closed, kept = (line.split(" ")[0] for line in listed[-2:])
    assert [line.split() for line in listed[1:5]] == [
        ["24/7", "0", "–", "–", "ALL_RUNNING"],
        ["dk", "(Flytning)", closed, "–", "–", "ALL_RUNNING", "cirkulære", "1"],
        ["dk-kontor", "(Flytning)", closed, "–", "–", "ALL_RUNNING", "cirkulære", "1"],
        ["SDO", "(Flytning)", kept, "2027-03-01", "2027-06-01", "ALL_RUNNING", "aftale"],
    ]
    assert listed[-1].startswith(f"{kept} KEEP dk-kontor 2027-03-01/2027-06-01 SDO ")

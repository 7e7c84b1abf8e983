"""`kfflow calendar`: shown, closed, opened, kept."""


def test_a_year_is_shown_with_what_was_closed(kfflow):
    closed = kfflow("calendar", "close", "2027-03-01", "--reason", "Flytning", "--hjemmel", "cirkulære 1")
    assert closed.output.endswith(" CLOSE 2027-03-01 DK system: Flytning\n")
    shown = kfflow("calendar", "show", "2027").output.splitlines()
    assert shown[:3] == [
        "2027-01-01 nytårsdag / New Year's Day",
        "2027-03-01 Flytning / Flytning",
        "2027-03-25 skærtorsdag / Maundy Thursday",
    ]
    opened = kfflow("calendar", "open", "2027-03-01", "--reason", "Aflyst")
    assert opened.output.endswith(" OPEN 2027-03-01 DK system: Aflyst\n")
    assert [line.split()[1] for line in kfflow("calendar", "changes").output.splitlines()] == ["CLOSE", "OPEN"]


def test_a_day_is_closed_yearly_and_opened_yearly(kfflow):
    place = ("--institution", "SDO", "--yearly")
    kfflow("calendar", "close", "2027-06-07", "--reason", "Efter grundlovsdag", *place)
    kfflow("calendar", "open", "2029-06-07", "--reason", "Ny aftale", *place)
    shown = [
        "06-07 Efter grundlovsdag"
        in kfflow("calendar", "show", year, "--calendar", "institution", "--institution", "SDO").output
        for year in ("2026", "2027", "2028", "2029")
    ]
    assert shown == [False, True, True, False]


def test_store_bededag_is_shown_until_2023(kfflow):
    assert "2023-05-05 store bededag / Great Prayer Day\n" in kfflow("calendar", "show", "2023").output
    assert "store bededag" not in kfflow("calendar", "show", "2024").output


def test_an_institution_keeps_hours_and_what_is_none_is_refused(kfflow):
    kept = kfflow("calendar", "keep", "SDO", "dk-kontor", "--reason", "Kontortid", "--hours", "08:00-15:30")
    assert kept.output.endswith(" KEEP dk-kontor SDO system: Kontortid\n")
    refused = kfflow("calendar", "keep", "SDO", "dk", "--reason", "x", "--hours", "sent")
    assert (refused.exit_code, refused.output.splitlines()[-1]) == (
        2,
        "  hours: Skriv fx 08:00-15:30. / Write e.g. 08:00-15:30.",
    )

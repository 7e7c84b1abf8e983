"""The figures that a simulation is drawn by."""

from kfflow.simulation import figures


def test_profile_every_figure_has_a_kind_and_a_source() -> None:
    told = figures.profile().figures
    assert {figure.name for figure in told.values() if figure.kind not in figures.KINDS or not figure.source} == set()


def test_share_of_a_name_is_the_figure() -> None:
    profile = figures.profile()
    assert (profile.share("leave_refused_share"), profile.share(0.3)) == (0.2, 0.3)

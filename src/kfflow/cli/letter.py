"""`kfflow letter …`: letters made again and compared, letters to come, and a template shown with its sample."""

import sys
from pathlib import Path

import click

from kfflow.cli.acting import command
from kfflow.settings import Settings


@click.group()
def letter() -> None:
    """Check the letters of a case, see those to come, or look at a letter template."""


@letter.command()
@click.argument("case")
@click.option("--reason", default="kontrol af breve", show_default=True, help="Why; it stands in the audit log.")
@click.pass_obj
def verify(settings: Settings, case: str, reason: str) -> None:
    """Make every letter of a case again from what is stored, and say which are the same, byte for byte."""
    from kfflow.service import cases, letters

    with command(settings, reason=reason) as ctx:
        checked = letters.verify(ctx, cases.get(ctx, case, reason=reason))
        for one in checked:
            told = "det samme" if one.holds else f"AFVIGER: {one.problem_da}"
            click.echo(f"{one.document.key} {one.document.template} {one.document.title}: {told}")
    differing = sum(not one.holds for one in checked)
    click.echo(f"{len(checked)} breve, {differing} afviger.")
    sys.exit(1 if differing else 0)


@letter.command()
@click.argument("case")
@click.argument("letter_id", required=False)
@click.argument("pdf", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--reason", default="kladde til brev", show_default=True, help="Why; it stands in the audit log.")
@click.pass_obj
def preview(settings: Settings, case: str, letter_id: str | None, pdf: Path | None, reason: str) -> None:
    """List the letters that a case can still issue, or write one of them to a PDF, as a draft."""
    from kfflow.service import cases, letter_drafts

    with command(settings, reason=reason) as ctx:
        found = cases.get(ctx, case, reason=reason)
        if letter_id is None:
            for one in letter_drafts.ahead(ctx, found):
                blank = ", ".join(da for da, _ in one.blank)
                click.echo(f"{one.id} {one.title}" + (f" (endnu ikke oplyst: {blank})" if blank else ""))
            return
        path = pdf or Path("kladde.pdf")
        path.write_bytes(letter_drafts.preview(ctx, found, letter_id).content)
    click.echo(str(path))


@letter.command()
@click.argument("template", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("pdf", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--english", is_flag=True, help="As somebody gets it who reads English.")
@click.option(
    "--parts",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with the parts it imports; without it workflows/faelles/letters.",
)
@click.pass_obj
def sample(settings: Settings, template: Path, pdf: Path, *, english: bool, parts: Path | None) -> None:
    """Write the PDF of a template with its sample: what a designer looks at before deploying it."""
    from kfflow.letters import trying

    folder = parts or settings.workflows_dir / "faelles" / "letters"
    sources = {path.name: path.read_bytes() for path in folder.glob("*.typ")}
    sources[template.name] = template.read_bytes()
    pdf.write_bytes(trying.pdf(template.name, sources, "en" if english else "da"))
    click.echo(str(pdf))

"""A letter template as it would look on paper before it is in force: with the sample that it gives itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from kfflow.domain.authorization import Permission
from kfflow.letters import templates, trying
from kfflow.service import access, letter_templates
from kfflow.service.context import Context


@dataclass(frozen=True, slots=True)
class Sample:
    """A letter with everything that it is made of; `name` is that of its template."""

    name: str
    sources: dict[str, bytes]

    def pdf(self, language: str) -> bytes:
        """Give the sample as it would be sent; raises TemplateFault."""
        return trying.pdf(self.name, self.sources, language)

    def pages(self, language: str) -> tuple[bytes, ...]:
        """Give each page as a PNG; raises TemplateFault."""
        return trying.pages(self.name, self.sources, language)


def shown_in(ctx: Context, name: str, source: bytes) -> Sequence[str]:
    """Give the letters in which a template can be seen: itself, or those that import it when it is only a part."""
    access.require(ctx, Permission.PUBLISH)
    known = {**letter_templates.in_force(ctx), name: source}
    return [name] if templates.parse(name, source).fields is not None else letter_templates.letters_with(name, known)


def of_template(ctx: Context, name: str, source: bytes, letter: str) -> Sample:
    """Give a letter as it would be with this source of one of its templates; raises NotFound for an unknown letter."""
    if letter not in shown_in(ctx, name, source):
        raise access.not_found(letter)
    known = {**letter_templates.in_force(ctx), name: source}
    return Sample(letter, letter_templates.closure(letter, known))

r"""Templates that put named texts into a line, and do nothing else.

    "{role}: {content}\n"   with role "user", content "Hi"   ->   "user: Hi\n"
    "{{{role}}}"                                             ->   "{user}"

A field is a plain name: neither attribute nor index, conversion nor format, so a template reads
nothing that it was not handed. Values are text and are put in as they stand: braces in them mean
nothing. Cost: linear in the result.
"""

from collections.abc import Mapping
from functools import lru_cache
from string import Formatter


@lru_cache(maxsize=64)
def parse(template: str) -> tuple[tuple[str, str | None], ...]:
    """Return a template as pairs of text and the field behind it, None where none follows.

    ValueError says what is wrong with the template.
    """
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"{template!r} is no template ({error}); write {{{{ for a brace") from None
    for _, field, form, conversion in parts:
        if field is None:
            continue
        if not field or form or conversion or set(field) & set(".["):
            raise ValueError(
                f"{template!r}: a field is a plain name in braces, such as {{id}}, without dots, "
                "brackets, `!` and `:`"
            )
    return tuple((text, field) for text, field, _, _ in parts)


@lru_cache(maxsize=64)
def names(template: str) -> tuple[str, ...]:
    """Return the fields of a template, each once, in order. ValueError as `parse`."""
    return tuple(dict.fromkeys(field for _, field in parse(template) if field is not None))


def check_names(template: str, known: tuple[str, ...]) -> None:
    """Raise ValueError when a template is none, or names a field that is not known."""
    for name in names(template):
        if name not in known:
            raise ValueError(f"{template!r}: there is no field {name!r}; known: {', '.join(known)}")


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return the template with its fields filled in; each must have a value."""
    pieces = []
    for text, field in parse(template):
        pieces.append(text)
        if field is not None:
            pieces.append(values[field])
    return "".join(pieces)

"""Lines of one wording are found, and no others."""

from generators.shortcuts.frames import are_alike, line_at, lines_like, signs_of

TEXT = """It rained in the old town all day.
the guardian of Port Velmar is Ryno Galt
Nobody came, and the lamps went out.
the guardian of Mount Trosk is Dulo Varn
A guardian angel, said the priest, watches over every single one of us here.
"""


def line(text: str) -> tuple[int, int]:
    return TEXT.index(text), TEXT.index(text) + len(text)


def test_a_line_is_found_from_any_of_its_characters() -> None:
    first = "It rained in the old town all day."
    assert line_at(TEXT, 0) == line_at(TEXT, 10) == line(first)
    assert line_at("no end", 3) == (0, 6)


def test_names_and_numbers_are_one_sign() -> None:
    assert signs_of("the quota of KX4 is 12.", (0, 23)) == {"the", "quota", "of", "X", "is", "."}


def test_lines_of_one_wording_are_alike() -> None:
    ryno = "the guardian of Port Velmar is Ryno Galt"
    dulo = "the guardian of Mount Trosk is Dulo Varn"
    assert lines_like(TEXT, [line(ryno)]) == [line(ryno), line(dulo)]
    assert not are_alike(signs_of(TEXT, line(ryno)), signs_of(TEXT, (0, 34)))


def test_a_run_of_many_lines_finds_the_like_of_each() -> None:
    start = line("the guardian of Port")[0]
    stop = line("the lamps went out.")[1]
    assert len(lines_like(TEXT, [(start, stop)])) == 3
    assert lines_like("KX4 = 12\nLM2 = 13", [(0, 8)]) == []

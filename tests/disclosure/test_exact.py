"""The exact test's answer against Gauss–Jordan elimination in fractions (``linear``), on systems of any kind."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from gateway.disclosure.exact import known
from gateway.disclosure.system import Equation, Population
from gateway.model.cells import Key
from gateway.model.table import Model
from tests.disclosure import linear

CELLS = [frozenset({("place", str(number))}) for number in range(14)]
Drawn = tuple[int, list[int]]
_EQUATION = st.tuples(
    st.integers(0, len(CELLS) - 1), st.lists(st.integers(0, len(CELLS) - 1), min_size=1, max_size=6, unique=True)
).filter(lambda drawn: drawn[0] not in drawn[1])


def _population(equations: list[Drawn]) -> Population:
    made = tuple(
        Equation(parent=CELLS[parent], children=tuple(CELLS[child] for child in children))
        for parent, children in equations
    )
    return Population(name="any", model=Model.PERSONS, figures={}, equations=made)


def _by_fractions(population: Population, withheld: set[Key]) -> set[Key]:
    rows = [
        linear.Equation(terms={e.parent: Fraction(1), **dict.fromkeys(e.children, Fraction(-1))}, constant=Fraction(0))
        for e in population.equations
    ]
    shown = {key: Fraction(0) for e in population.equations for key in e.cells if key not in withheld}
    return set(linear.solve(rows, shown))


@given(equations=st.lists(_EQUATION, max_size=16), hidden=st.sets(st.sampled_from(CELLS)))
def test_it_finds_what_fractions_find(equations: list[Drawn], hidden: set[Key]) -> None:
    population = _population(equations)
    assert known(population, hidden) == _by_fractions(population, hidden)


def test_two_equations_that_differ_in_sign_alone_determine_both() -> None:
    """a = b and a + b = c with c published, which no single row tells."""
    population = _population([(0, [1]), (2, [0, 1])])
    assert known(population, {CELLS[0], CELLS[1]}) == {CELLS[0], CELLS[1]}


def test_an_equation_said_twice_says_nothing_more() -> None:
    population = _population([(2, [0, 1]), (2, [0, 1])])
    assert known(population, {CELLS[0], CELLS[1]}) == set()

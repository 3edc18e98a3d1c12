"""What a flow proves once it is scaled or turned round: never more than the bounds of the system allow."""

import numpy as np
import pytest
from scipy import sparse

from gateway.disclosure.cells import Grid
from gateway.disclosure.flows import Flow
from gateway.disclosure.proofs import DOWN, UP, Proofs


def grid(*, tied: tuple[float, float], need: float) -> Grid:
    """Two inner cells and nothing published; ``tied`` bounds the change of the first less the second."""
    return Grid(
        values=np.array([100.0, 100.0]),
        least=np.zeros(2),
        cells=sparse.csr_matrix(np.eye(2)),
        groups=sparse.csr_matrix((2, 0)),
        sensitive=np.array([True, False]),
        up=np.array([need, 0.0]),
        down=np.array([need, 0.0]),
        protected=np.full(2, -1),
        rivals=None,
        weight=np.ones(2),
        fixed=np.zeros(2, bool),
        families=(),
        ties=sparse.csr_matrix(np.array([[1.0, -1.0]])),
        tied=(np.array([tied[0]]), np.array([tied[1]])),
    )


@pytest.mark.parametrize(
    ("tied", "off", "up", "down"),
    [
        ((-np.inf, np.inf), 0.0, True, True),
        ((-np.inf, 9.0), 0.0, False, True),  # a part that would exceed its total
        ((-9.0, np.inf), 0.0, True, False),
        ((-10.0, 10.0), 0.0, True, True),
        ((-np.inf, np.inf), 5e-5, False, False),  # ten times as far off is no longer equal
        ((-np.inf, np.inf), 1e-6, True, True),
    ],
)
def test_a_scaled_flow_keeps_to_ties_and_to_what_is_exact(
    tied: tuple[float, float], off: float, up: bool, down: bool
) -> None:
    proofs = Proofs(grid(tied=tied, need=10.0))
    proofs.add(Flow(np.array([0]), np.array([1.0]), off))
    assert (bool(proofs.outsider[UP][0]), bool(proofs.outsider[DOWN][0])) == (up, down)

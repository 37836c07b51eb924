"""What a place at each site is worth in an optimal assignment: the proof that nothing does better.

With prices at which every patient has the cheapest choice there is, and every site gives away exactly the places that
cost it less than its price, no other assignment of all is cheaper. They are distances in the residual network, where
only the sites and the sink count as nodes: its patients are passages from the site they have to one they could have.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]

#: No passage. Larger than any sum of costs (diversion.planning.flow.LARGEST), and room left below 64 bits.
NO_WAY: Final = 2**62


def prices(more: Numbers, leaving: Numbers, entering: Numbers, *, last: Numbers, following: Numbers) -> Numbers:
    """The price of a place at each site, for an assignment that is optimal among the choices given.

    For each choice: what it costs ``more`` than the one its patient has, the site they would be ``leaving``, and the
    one they would be ``entering``. For each site: what its ``last`` place taken costs (-1 if none is) and what the
    ``following`` one would. Raises ValueError when the assignment is not optimal among these.
    """
    sites = len(following)
    passage = np.full((sites + 1, sites + 1), NO_WAY, dtype=np.int64)
    np.minimum.at(passage, (leaving, entering), more)
    passage[:sites, sites] = following
    passage[sites, :sites] = np.where(last < 0, NO_WAY, -last)
    distance = np.zeros(sites + 1, dtype=np.int64)
    for _ in range(sites + 2):
        # Bellman and Ford's: as many rounds as there are nodes suffice, unless a cycle saves.
        nearer = np.minimum(distance, (distance[:, None] + passage).min(axis=0))
        if (nearer == distance).all():
            return np.asarray(distance[sites] - distance[:sites])
        distance = nearer
    raise ValueError("a cycle of exchanges saves: the assignment was not optimal")

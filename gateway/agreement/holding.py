"""The parties of an agreement on the custody of material; its other sections stand in ``gateway.model.custody``."""

from gateway.agreement.sections import Party
from gateway.model.table import Declaration


class Custodians(Declaration):
    """Who holds the material and whose it is."""

    holder: Party
    owner: Party

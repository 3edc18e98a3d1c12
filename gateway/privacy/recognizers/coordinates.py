"""Places on the map, as exact as a house."""

import re

from gateway.model.finding import Tier
from gateway.privacy.recognizers.base import ChineseRecognizer
from gateway.privacy.shapes import Shape

LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)


class Coordinates(ChineseRecognizer):
    """WGS 84 / GCJ-02 / CGCS2000 degrees with four or more decimals (11 m) inside China's frame, in either order, or in
    degrees and minutes: MEDIUM. One number alone only where announced."""

    ENTITY = "COORDINATES"
    STANDARD = "ISO 6709"

    def judge(self, match: re.Match[str], shape: Shape) -> Tier | None:
        """See the class."""
        values = [abs(float(n)) for n in re.findall(r"[0-9]+\.[0-9]+", match["v"])]
        if "°" in match["v"] and len(values) < 2:
            return shape.tier
        if not all(_inside(v, LATITUDES) or _inside(v, LONGITUDES) for v in values):
            return None
        if len(values) == 2 and not (_inside(min(values), LATITUDES) and _inside(max(values), LONGITUDES)):
            return None
        return shape.tier or Tier.LOW


def _inside(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]

"""A picture of how a cost grows, both axes logarithmic, beside the curve of n log n through the first point."""

from collections.abc import Sequence
from math import ceil, floor, log, log10

WIDTH, HEIGHT = 720, 420
LEFT, RIGHT, TOP, BOTTOM = 70, 48, 60, 56  # margins
INK, FAINT, MEASURED, CURVE = "#1f2933", "#d9dee4", "#1f5f8b", "#9a5b00"

Point = tuple[float, float]  # size and cost


def growth_svg(points: Sequence[Point], *, title: str, across: str, up: str) -> str:
    """The points joined by a line, and n log n dashed.

    Args:
        points: at least two, by rising size; sizes above 1, costs above 0.
        across, up: what the axes show, with units.
    """
    curve = [(size, points[0][1] * size * log(size) / (points[0][0] * log(points[0][0]))) for size, _ in points]
    place = _Axes([*points, *curve])
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{title}"'
        f' font-family="system-ui, sans-serif" font-size="13" fill="{INK}">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="26" font-size="16" font-weight="600">{title}</text>',
        *place.grid(across, up),
        _line(place.line(curve), CURVE, ' stroke-dasharray="6 5"'),
        _line(place.line(points), MEASURED),
        *(_mark(place, point) for point in points),
        *_key("measured", MEASURED, TOP + 20),
        *_key("n log n", CURVE, TOP + 40, ' stroke-dasharray="6 5"'),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Axes:
    """Where a point stands in the picture."""

    def __init__(self, points: Sequence[Point]) -> None:
        self._least = [min(point[axis] for point in points) for axis in (0, 1)]
        self._most = [max(point[axis] for point in points) for axis in (0, 1)]
        self._first = [log10(self._least[0]), floor(log10(self._least[1]) - 0.3)]
        self._last = [log10(self._most[0]), ceil(log10(self._most[1]))]

    def at(self, point: Point) -> Point:
        share = [
            (log10(value) - first) / (last - first)
            for value, first, last in zip(point, self._first, self._last, strict=True)
        ]
        return LEFT + share[0] * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - share[1] * (HEIGHT - TOP - BOTTOM)

    def line(self, points: Sequence[Point]) -> str:
        return " ".join(f"{x:.1f},{y:.1f}" for x, y in map(self.at, points))

    def grid(self, across: str, up: str) -> list[str]:
        bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
        parts: list[str] = []
        for power in range(floor(self._first[1]), ceil(self._last[1]) + 1):
            y = self.at((self._least[0], 10.0**power))[1]
            parts.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{right}" y2="{y:.1f}" stroke="{FAINT}"/>')
            parts.append(f'<text x="{LEFT - 10}" y="{y + 4:.1f}" text-anchor="end">{10**power:,}</text>')
        for power in range(ceil(self._first[0] - 1e-9), floor(self._last[0] + 1e-9) + 1):
            x = self.at((10.0**power, self._least[1]))[0]
            parts.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{bottom}" stroke="{FAINT}"/>')
            parts.append(f'<text x="{x:.1f}" y="{bottom + 20}" text-anchor="middle">{10**power:,}</text>')
        middle = (LEFT + right) / 2
        parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 14}" text-anchor="middle">{across}</text>')
        parts.append(f'<text x="{LEFT}" y="46" fill="{INK}">{up}</text>')
        return parts


def _line(points: str, colour: str, dashes: str = "") -> str:
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dashes}/>'


def _mark(place: _Axes, point: Point) -> str:
    x, y = place.at(point)
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{MEASURED}"/>'
        f'<text x="{x:.1f}" y="{y + 22:.1f}" text-anchor="middle" fill="{MEASURED}">{point[1]:,.1f}</text>'
    )


def _key(word: str, colour: str, y: int, dashes: str = "") -> list[str]:
    x = LEFT + 20
    return [_line(f"{x},{y} {x + 32},{y}", colour, dashes), f'<text x="{x + 42}" y="{y + 4}">{word}</text>']

"""The charts of the model card: whether confidence means what it says, and what each threshold would post."""

from collections.abc import Mapping, Sequence

from ui.charts import BLUE, FAINT, LINE, PLUM, figure, note, rule_line, show
from ui.words import percent

HEIGHT = 250


def calibration_chart(classes: Sequence[Mapping[str, float]]) -> None:
    """Share right against mean confidence, a point a class; on the dashed line they are the same."""
    low = min([0.5, *(one["right"] for one in classes), *(one["confidence"] for one in classes)])
    span = [max(0.0, low - 0.05), 1.02]
    drawn = figure(
        height=HEIGHT, showlegend=False, hovermode="closest", margin={"r": 24},
        xaxis={"tickformat": ".0%", "range": span, "title": {"text": "Confidence"}},
        yaxis={"tickformat": ".0%", "range": span, "title": {"text": "Right"}},
    )  # fmt: skip
    drawn.add_scatter(
        x=span, y=span, mode="lines", line={"color": LINE, "width": 1.25, "dash": "4px,3px"}, hoverinfo="skip"
    )
    most = max(one["rows"] for one in classes)
    drawn.add_scatter(
        x=[one["confidence"] for one in classes], y=[one["right"] for one in classes], mode="markers",
        marker={"color": BLUE, "size": [7 + 13 * (one["rows"] / most) ** 0.5 for one in classes]},
        customdata=[one["rows"] for one in classes],
        hovertemplate="said %{x:.1%}, right %{y:.1%} of %{customdata} lines<extra></extra>",
    )  # fmt: skip
    top = classes[-1]
    show(
        drawn, "calibration",
        f"Points by confidence; of {top['rows']:.0f} lines said to be right with {percent(top['confidence'], 1)}, "
        f"{percent(top['right'], 1)} were.",
    )  # fmt: skip


def risk_coverage_chart(curve: Sequence[Mapping[str, float]], threshold: float, target_error: float) -> None:
    """Share wrong against share posted, a point a threshold; the one in force stands out, the promise is dashed."""
    errors = [one["wrong"] / one["rows"] for one in curve]
    drawn = figure(
        height=HEIGHT, showlegend=False, hovermode="closest", margin={"r": 100},
        xaxis={"tickformat": ".0%", "range": [0, 1.02], "title": {"text": "Lines at or above the threshold"}},
        yaxis={"tickformat": ".1%", "rangemode": "tozero", "title": {"text": "Wrong"}},
    )  # fmt: skip
    rule_line(drawn, y=target_error)
    drawn.add_scatter(
        x=[one["coverage"] for one in curve], y=errors, mode="lines+markers", line={"color": BLUE, "width": 2},
        marker={"size": 6}, customdata=[(one["threshold"], one["wrong"], one["rows"]) for one in curve],
        hovertemplate="from %{customdata[0]:.2%}: %{x:.0%} of lines, %{customdata[1]} of %{customdata[2]} wrong"
        "<extra></extra>",
    )  # fmt: skip
    at = next((i for i in reversed(range(len(curve))) if curve[i]["threshold"] >= threshold), None)
    if at is not None:
        drawn.add_scatter(
            x=[curve[at]["coverage"]], y=[errors[at]], mode="markers", hoverinfo="skip",
            marker={"size": 13, "color": PLUM, "line": {"color": FAINT, "width": 2}},
        )  # fmt: skip
        note(drawn, curve[at]["coverage"], errors[at], "in force", yshift=16)
    note(drawn, 1, target_error, f"{percent(target_error, 1)} promised", xref="paper", xanchor="left", xshift=4)
    last = curve[-1]
    held = "" if at is None else f" At the threshold in force {percent(curve[at]['coverage'])} of lines are covered."
    show(
        drawn, "risk_coverage",
        f"Line from strict to loose thresholds: {percent(last['coverage'])} of lines from "
        f"{percent(last['threshold'])} confidence on, {last['wrong']:.0f} of {last['rows']:.0f} wrong.{held}",
    )  # fmt: skip

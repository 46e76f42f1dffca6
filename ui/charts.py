"""One Plotly template for both themes.

Colours are Streamlit's placeholders: the browser swaps #000001… for chartCategoricalColors of the theme in use, so a
figure follows light and dark without a rerun. Greys are half-transparent and depend on no theme.
"""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

BLUE, BROWN, TEAL, PLUM, INK, GREY, RED, GOLD = (f"#00000{i}" for i in range(1, 9))
LINE, FAINT = "rgba(128,138,155,0.75)", "rgba(128,138,155,0.22)"
CONFIG = {"displayModeBar": False, "responsive": True}

_AXIS: dict[str, Any] = {
    "showgrid": False,
    "zeroline": False,
    "ticks": "",
    "automargin": True,
    "title": {"standoff": 8, "font": {"size": 12}},
    "tickfont": {"size": 12},
    "fixedrange": True,
}
_LEGEND = {
    "orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom", "traceorder": "normal",
    "font": {"size": 12},
}  # fmt: skip
TEMPLATE = go.layout.Template(
    layout=go.Layout(
        colorway=[BLUE, BROWN, TEAL, PLUM, INK, GREY, RED, GOLD],
        font={"size": 12},
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        xaxis=_AXIS,
        yaxis=_AXIS | {"showgrid": True, "gridcolor": FAINT, "gridwidth": 1},
        legend=_LEGEND,
        hovermode="x unified",
        hoverlabel={"font": {"size": 12}},
        barcornerradius=2,
        bargap=0.35,
    )
)


def figure(*traces: Any, height: int = 260, **layout: Any) -> go.Figure:
    """An empty or filled figure in the house's template; `layout` as Plotly takes it."""
    return go.Figure(list(traces), go.Layout(template=TEMPLATE, height=height, **layout))


def show(drawn: go.Figure, key: str, alt: str) -> None:
    """Show a figure. `alt` says the finding in words, for those who cannot see it."""
    st.plotly_chart(drawn, key=key, config=CONFIG, alt=alt)


def note(drawn: go.Figure, x: Any, y: Any, text: str, **options: Any) -> None:
    """Write a word at a point of the figure."""
    drawn.add_annotation(x=x, y=y, text=text, showarrow=False, font={"size": 12}, **options)


def rule_line(drawn: go.Figure, *, y: float | None = None, x: float | None = None) -> None:
    """A target or threshold: thin, dashed, always labelled by note()."""
    line = {"color": LINE, "width": 1.25, "dash": "4px,3px"}
    if y is not None:
        drawn.add_hline(y=y, line=line)
    else:
        drawn.add_vline(x=x, line=line)

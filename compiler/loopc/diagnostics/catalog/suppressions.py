"""Codes about `# loopc: allow(...)` comments."""

from loopc.diagnostics.catalog.entry import CatalogEntry
from loopc.diagnostics.model import Severity

_LOOP = """data points {{
  train = npz("points.npz")
  field x: f32[13]
  field y: f32[10]
}}

model net(x: f32[13]) -> f32[10] = x |> dense(10)

train for 10 epochs {{
  step (x, y) from points.train batch 64 {{
    loss = mean_squared_error(y, net(x)){comment}
    update net to minimize loss using adam(0.01)
    report loss
  }}
}}
"""

ENTRIES = (
    CatalogEntry(
        code="W690",
        slug="unused-allow",
        severity=Severity.WARNING,
        title="this comment allows a code that is not reported here",
        meaning=(
            "`# loopc: allow(CODE) reason` silences one warning on its own line or,"
            " when it stands alone, on the next line. This one silences nothing: the"
            " warning is gone, the code is misspelt, or it is an error, and errors"
            " cannot be allowed. Such comments hide the next, true warning, so they"
            " have to go."
        ),
        wrong=_LOOP.format(comment="  # loopc: allow(W601) nothing is unused here"),
        right=_LOOP.format(comment=""),
    ),
    CatalogEntry(
        code="W691",
        slug="unknown-directive",
        severity=Severity.WARNING,
        title="this `# loopc:` comment is not understood",
        meaning=(
            "A comment that begins with `# loopc:` speaks to the compiler. The one"
            " form is `# loopc: allow(W601) reason`, with one or several codes between"
            " commas. Anything else would silently do nothing, so it is reported."
        ),
        wrong=_LOOP.format(comment="  # loopc: ignore W601"),
        right=_LOOP.format(comment=""),
    ),
)

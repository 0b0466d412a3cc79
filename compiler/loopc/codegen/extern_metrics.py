"""Metrics of Python that a program names, made outside of the step."""

from loopc.codegen.expressions import ExpressionPrinter
from loopc.codegen.literals import string
from loopc.semantics import checked


def extern_metric(
    printer: ExpressionPrinter, metric: checked.ExternMetric, title: str
) -> str:
    """`declared_metric("f_beta", FBeta(beta=2.0, name="f"))`."""
    printer.imports.need("declared_metric")
    made = printer.names.of("extern", metric.name)
    options = [f"{n}={printer.option(v)}" for n, v in metric.options.items()]
    given = ", ".join([*options, f"name={string(title)}"])
    return f"declared_metric({string(metric.name)}, {made}({given}))"

"""Documents of training loops."""

from typing import assert_never

from loopc.syntax import ast
from loopc.syntax.printing.document import Document, concat
from loopc.syntax.printing.statements import StatementPrinter, quoted


class TrainPrinter(StatementPrinter):
    """Adds `train` and what stands in it."""

    def train(self, node: ast.Train) -> Document:
        name = "" if node.name is None else f"{node.name.text} "
        parts: list[Document] = [f"train {name}"]
        start = node.span.start if node.name is None else node.name.span.end
        if node.duration is not None:
            parts += ["for ", self.expression(node.duration), " "]
            start = node.duration.span.end
        items = self.braces(node.items, self.train_item, start, node.span.end)
        return concat(*parts, items)

    def train_item(self, node: ast.TrainItem) -> Document:
        match node:
            case ast.Setting(name=name, value=value):
                return self.bind(name.text, value)
            case ast.Step(stream=stream, body=body):
                head = ["step ", self.source(node)]
                head += [] if stream is None else [self.stream(stream), " "]
                return concat(*head, self.block(body))
            case ast.Eval():
                return self.evaluation(node)
            case ast.Stage(name=name, duration=duration, items=items):
                head = [f"stage {name.text} for ", self.expression(duration), " "]
                start, end = duration.span.end, node.span.end
                return concat(*head, self.braces(items, self.stage_item, start, end))
            case ast.Checkpoint(every=every, keep=keep):
                head = ["checkpoint every ", self.expression(every)]
                head += [] if keep is None else [" keep ", self.expression(keep)]
                return concat(*head)
            case ast.Keep(count=count, mode=mode, metric=metric):
                return concat(
                    "keep ", self.expression(count), f" best {tracked(mode, metric)}"
                )
            case ast.Stop(mode=mode, metric=metric, patience=patience):
                head = [f"stop when {tracked(mode, metric)} stalls for "]
                return concat(*head, self.expression(patience))
            case ast.StopAt(metric=metric, operator=operator, bound=bound):
                head = [f"stop when {tracked(None, metric)} {operator} "]
                return concat(*head, self.expression(bound))
            case ast.Export(best=best, model=model, path=path):
                which = "best " if best else ""
                return f"export {which}{model.text} to {quoted(path)}"
            case ast.OnNonfinite(policy=policy, at_most=limit):
                head = [f"on nonfinite {policy}"]
                head += [] if limit is None else [" at most ", self.expression(limit)]
                return concat(*head)
            case ast.Start(model=model, origin=origin):
                return concat(f"start {model.text} from ", self.expression(origin))
            case _:
                assert_never(node)

    def evaluation(self, node: ast.Eval) -> Document:
        head: list[Document] = [f"eval {node.name.text} ", self.source(node)]
        head += [self.stream(node.stream), " "]
        if node.every is None:
            head.append("at end ")
        else:
            head += ["every ", self.expression(node.every), " "]
        return concat(*head, self.block(node.body))

    def stage_item(self, node: ast.Freeze | ast.SetSchedule) -> Document:
        match node:
            case ast.Freeze(pattern=pattern, model=model):
                part = "" if pattern is None else f"{quoted(pattern)} of "
                return f"freeze {part}{model.text}"
            case ast.SetSchedule(name=name, value=value):
                return self.bind(f"set {name.text}", value)
            case _:
                assert_never(node)


def tracked(mode: str | None, metric: ast.MetricPath) -> str:
    path = f"{metric.split.text}.{metric.metric.text}"
    return path if mode is None else f"{mode} {path}"

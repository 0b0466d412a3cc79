"""Tree building for `train` and what stands in it: one method per rule."""

from loopc.syntax import ast
from loopc.syntax.tree_expressions import string_node
from loopc.syntax.tree_parts import (
    Children,
    covering,
    identifier,
    optional_identifier,
)
from loopc.syntax.tree_statements import bound, record


class TrainRules:
    """Callbacks of the rules of a training loop."""

    def train(self, children: Children) -> ast.Train:
        _train, name, _for, duration, _open, items, _close, _newline = children
        return ast.Train(
            span=covering(children),
            name=optional_identifier(name),
            duration=duration,
            items=items,
        )

    def train_items(self, children: Children) -> tuple[ast.TrainItem, ...]:
        return tuple(children)

    def setting(self, children: Children) -> ast.Setting:
        name, _equal, value, _newline = children
        return ast.Setting(span=covering(children), name=identifier(name), value=value)

    def step(self, children: Children) -> ast.Step:
        _step, source, stream, body, _newline = children
        return ast.Step(
            span=covering(children),
            bindings=bound(source),
            record=record(source),
            stream=stream,
            body=body,
        )

    def eval(self, children: Children) -> ast.Eval:
        _eval, name, source, stream, *cadence, body, _newline = children
        return ast.Eval(
            span=covering(children),
            name=identifier(name),
            bindings=bound(source),
            record=record(source),
            stream=stream,
            every=cadence[1] if len(cadence) == 2 else None,
            body=body,
        )

    def stage(self, children: Children) -> ast.Stage:
        _stage, name, _for, duration, _open, items, _close, _newline = children
        return ast.Stage(
            span=covering(children),
            name=identifier(name),
            duration=duration,
            items=items,
        )

    def stage_items(
        self, children: Children
    ) -> tuple[ast.Freeze | ast.SetSchedule, ...]:
        return tuple(children)

    def freeze(self, children: Children) -> ast.Freeze:
        _freeze, pattern, _of, model, _newline = children
        return ast.Freeze(
            span=covering(children),
            pattern=None if pattern is None else string_node(pattern),
            model=identifier(model),
        )

    def set_schedule(self, children: Children) -> ast.SetSchedule:
        _set, name, _equal, value, _newline = children
        return ast.SetSchedule(
            span=covering(children), name=identifier(name), value=value
        )

    def checkpoint(self, children: Children) -> ast.Checkpoint:
        _checkpoint, _every, every, _keep, keep, _newline = children
        return ast.Checkpoint(span=covering(children), every=every, keep=keep)

    def keep(self, children: Children) -> ast.Keep:
        _keep, count, _best, mode, metric, _newline = children
        return ast.Keep(span=covering(children), count=count, mode=mode, metric=metric)

    def stop(self, children: Children) -> ast.Stop:
        _stop, _when, mode, metric, _stalls, _for, patience, _newline = children
        return ast.Stop(
            span=covering(children), mode=mode, metric=metric, patience=patience
        )

    def stop_at(self, children: Children) -> ast.StopAt:
        _stop, _when, metric, operator, bound, _newline = children
        return ast.StopAt(
            span=covering(children), metric=metric, operator=operator, bound=bound
        )

    def order(self, children: Children) -> str:
        return str(children[0])

    def extreme(self, children: Children) -> str:
        return str(children[0])

    def metric_path(self, children: Children) -> ast.MetricPath:
        split, _dot, metric = children
        return ast.MetricPath(
            span=covering(children), split=identifier(split), metric=identifier(metric)
        )

    def export(self, children: Children) -> ast.Export:
        _export, best, model, _to, path, _newline = children
        return ast.Export(
            span=covering(children),
            best=best is not None,
            model=identifier(model),
            path=string_node(path),
        )

    def on_nonfinite(self, children: Children) -> ast.OnNonfinite:
        _on, _nonfinite, policy, *limit, _newline = children
        return ast.OnNonfinite(
            span=covering(children),
            policy=policy.value,
            at_most=limit[-1] if limit else None,
        )

    def start(self, children: Children) -> ast.Start:
        _start, model, _from, origin, _newline = children
        return ast.Start(
            span=covering(children), model=identifier(model), origin=origin
        )

    def best_of(self, children: Children) -> ast.Call:
        best, _open, run, _close = children
        argument = ast.Name(span=covering((run,)), text=str(run))
        return ast.Call(
            span=covering(children),
            callee=ast.Name(span=covering((best,)), text="best"),
            arguments=(ast.Argument(span=argument.span, name=None, value=argument),),
        )

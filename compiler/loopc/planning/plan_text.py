"""A described plan as lines of text."""

from collections.abc import Iterable, Iterator
from typing import Any

from loopc.planning.stages import stage_line


def plan_lines(data: dict[str, Any]) -> Iterator[str]:
    if data["title"]:
        yield data["title"]
    yield from _loop_lines(data["loops"][0])
    for loop in data["loops"][1:]:
        yield ""
        yield ""
        yield from _loop_lines(loop)
    externs = (
        f"{e['kind']} {e['signature']} is {e['target']}" for e in data["externs"]
    )
    yield from _section("extern Python, imported when it trains", externs)


def _loop_lines(data: dict[str, Any]) -> Iterator[str]:
    run = data["run"]
    steps = "" if run["steps"] is None else f" = {run['steps']:,} steps"
    name = "" if run["name"] == "train" else f" {run['name']}"
    yield f"train{name} for {run['duration']}{steps}, seed {run['seed']}"
    yield from (f"  {line}" for line in run["starts"])
    if run["on_nonfinite"] != "halt":
        yield f"  on nonfinite {run['on_nonfinite']}"
    yield from _section("stages", (stage_line(s) for s in data["stages"]))
    yield from _section("streams", (_stream_line(s) for s in data["streams"]))
    yield from _section("models", _model_lines(data["models"]))
    yield from _section("updates", _update_lines(data["updates"]))
    yield from _section("tapes", (_tape_line(t) for t in data["tapes"]))
    yield from _section("schedules", _schedule_lines(data))
    yield from _section(
        "evaluations", (_evaluation_line(e) for e in data["evaluations"])
    )
    execution = data["execution"]
    compiled = "one XLA program a chunk" if execution["xla"] else "a graph loop a chunk"
    lines = [f"data {execution['data']}, {compiled}", execution["reason"]]
    if execution["devices"] != "1":
        which = "all devices" if execution["devices"] == "all" else "devices"
        count = "" if execution["devices"] == "all" else f"{execution['devices']} "
        lines.append(f"on {count}{which} of the machine, each with a part of the batch")
    if execution["precision"] != "float32":
        lines.append(f"precision {execution['precision']}; weights and losses float32")
    yield from _section("execution", lines)
    state = (f"{s['kind']:<10} {s['name']}: {s['detail']}" for s in data["state"])
    yield from _section("state in every checkpoint", state)
    yield from _section("files in the run folder", data["files"])


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    body = list(lines)
    if body:
        yield ""
        yield title
        yield from (f"  {line}" for line in body)


def _stream_line(stream: dict[str, Any]) -> str:
    rows = "" if stream["rows"] is None else f" of {stream['rows']:,} rows"
    short = ", short last batch dropped" if stream["drop"] else ""
    if stream["parts"] is not None:
        short = f" in {stream['parts']} parts{short}"
    fields = ", ".join(stream["fields"])
    return (
        f"{stream['reader']}: ({fields}) from {stream['stream']}{rows}, "
        f"batch {stream['batch_size']}{short}, {stream['order']}"
    )


def _model_lines(models: list[dict[str, Any]]) -> Iterator[str]:
    for model in models:
        inputs = ", ".join(f"{n}: {t}" for n, t in model["inputs"].items())
        head = model["name"] + (f"({inputs}) ->" if inputs else ":")
        total = model["trainable"] + model["non_trainable"]
        rest = "" if model["counted"] else " and those of its extern layers"
        made = model["origin"] or f"{total:,} parameters{rest}"
        yield f"{head} {model['output']}, {made}"
        for layer in model["layers"]:
            count = layer["trainable"] + layer["non_trainable"]
            weights = f"{count:,}" if layer["counted"] else "extern"
            shared = " (shared)" if layer["shared"] else ""
            yield f"  {layer['path']:<36} {layer['output']:<22} {weights:>12}{shared}"


def _update_lines(updates: list[dict[str, Any]]) -> Iterator[str]:
    for update in updates:
        variables = ", ".join(f"{m}/*" for m in update["trained"])
        yield f"{update['direction']} {update['objective']} over {variables}"
        chain = " |> ".join(link_text(link) for link in update["chain"])
        yield f"  by {chain}"
        moves = f"; then {', '.join(update['moves'])}" if update["moves"] else ""
        yield f"  on {update['clock']}{moves}"


def link_text(link: dict[str, Any]) -> str:
    options = ", ".join(
        f"{n}: {_option_text(v)}" for n, v in link["options"].items() if v is not None
    )
    return f"{link['transform']}({options})"


def _option_text(value: object) -> str:
    """Return an option as the language writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tape_line(tape: dict[str, Any]) -> str:
    where = "" if tape["reader"] == "train" else f"{tape['reader']}: "
    records = ", ".join(tape["records"]) or "the objective"
    return f"{where}{' + '.join(tape['for'])} records {records} ({tape['why']})"


def _schedule_lines(data: dict[str, Any]) -> Iterator[str]:
    yield from map(_schedule_line, data["schedules"])
    for stage in data["stages"]:
        for schedule in stage["schedules"]:
            inside = f"{schedule['name']} in {stage['name']}, by its own steps"
            yield _schedule_line(schedule | {"name": inside})


def _schedule_line(schedule: dict[str, Any]) -> str:
    values = ", ".join(f"{v:.6g} at {c}" for c, v in schedule["values"].items())
    unknown = f"; the rest needs {schedule['unknown']}" if schedule["unknown"] else ""
    return f"{schedule['name']}: {values}{unknown}"


def _evaluation_line(item: dict[str, Any]) -> str:
    when = item["every"] if item["every"] == "at end" else f"every {item['every']}"
    return f"{item['name']} on {item['stream']}, {when}"

"""`update M to minimize E using T`: one site, its objective and its chain."""

from loopc.semantics.averages import implied_average
from loopc.semantics.chains import check_chain
from loopc.semantics.checked import (
    CheckedExpression,
    CheckedModel,
    CheckedStatement,
    CheckedUpdate,
)
from loopc.semantics.context import Body
from loopc.semantics.errors import derived as derived_errors
from loopc.semantics.errors import names as name_errors
from loopc.semantics.errors import shapes as errors
from loopc.semantics.every_blocks import check_cadence
from loopc.semantics.free_weights import check_weight_named
from loopc.semantics.models import check_model_named
from loopc.semantics.objectives import settle_objectives, several
from loopc.semantics.primitives import as_tensor, tensor_type
from loopc.semantics.values import describe_type, is_failed
from loopc.syntax import ast
from loopc.vocabulary import suggest


def check_update(body: Body, node: ast.Update) -> CheckedStatement | None:
    """Check an update; `trained` is settled afterwards, when the step is whole."""
    update = _checked(body, node)
    if update is None:
        body.wrong_updates.update(name.text for name in node.models)
    else:
        body.updates[update.site] = update, body.scope
    return update


def _checked(body: Body, node: ast.Update) -> CheckedUpdate | None:
    models = [_model(body, name) for name in node.models]
    objective = _objective(body, node)
    chain = check_chain(body.context, node.transform)
    every = None if node.every is None else check_cadence(body, node.every)
    if node.every is not None and every is None:
        return None
    if objective is None or chain is None or not all(models):
        return None
    chain = settle_objectives(body, objective, chain)
    if chain is None:
        return None
    names = tuple(dict.fromkeys(name.text for name in node.models))
    return CheckedUpdate(
        span=node.span,
        site=_site(body, node, names),
        models=names,
        trained=names,
        objective=objective,
        maximize=node.direction == "maximize",
        chain=chain,
        every=every,
    )


def _site(body: Body, node: ast.Update, models: tuple[str, ...]) -> str:
    """A name for the site, the same in every pass of a repeat."""
    if node.span in body.sites:
        return body.sites[node.span]
    base = "_and_".join(models)
    taken = set(body.sites.values())
    site, number = base, 1
    while site in taken:
        number += 1
        site = f"{base}_{number}"
    body.sites[node.span] = site
    return site


def _model(body: Body, name: ast.Identifier) -> bool:
    declarations = body.context.declarations
    declaration = declarations.use(name.text)
    if isinstance(declaration, ast.Model):
        return _is_trained(body, name, check_model_named(body.context, declaration))
    if isinstance(declaration, ast.Weight):
        return check_weight_named(body.context, declaration) is not None
    if isinstance(declaration, ast.State):
        where = declaration.name.span
        body.add(derived_errors.state_updated(name.text, name.span, where))
        return False
    known = [*declarations.of_kind(ast.Model), *declarations.of_kind(ast.Weight)]
    guess = suggest(name.text, known)
    problem = name_errors.unknown_model(name.text, name.span, guess, known)
    body.context.add_unknown(name.text, problem)
    return False


def _is_trained(body: Body, name: ast.Identifier, model: CheckedModel | None) -> bool:
    if model is not None and model.origin is not None:
        body.add(derived_errors.derived_updated(name.text, name.span, model.span))
        return False
    return model is not None


def _objective(body: Body, node: ast.Update) -> CheckedExpression | None:
    if isinstance(node.objective, ast.ListLiteral):
        items = [_one_objective(body, item) for item in node.objective.items]
        known = [item for item in items if item is not None]
        span = node.objective.span
        return several(known, span) if len(known) == len(items) else None
    return _one_objective(body, node.objective)


def _one_objective(body: Body, node: ast.Expression) -> CheckedExpression | None:
    value = body.check(node)
    if is_failed(value):
        return None
    value = as_tensor(body, value)
    if is_failed(value):
        return None
    type = tensor_type(value)
    if not type.is_float:
        fact = "an objective is a float"
        body.add(errors.objective_type(describe_type(type), value.span, fact))
        return None
    if not type.per_example and type.shape:
        fact = "an objective is one number"
        body.add(errors.objective_type(describe_type(type), value.span, fact))
        return None
    return implied_average(value)

"""Every call that the checker itself knows by name, and who checks it."""

from collections.abc import Callable

from loopc.semantics import averages
from loopc.semantics.call_sites import CallSite
from loopc.semantics.checked import CheckedExpression
from loopc.semantics.context import Body
from loopc.semantics.gradients import check_grad
from loopc.semantics.measures import PLACES, check_unmeasured
from loopc.semantics.penalties import check_regularization
from loopc.semantics.updated_models import check_updated

SPECIAL: dict[str, Callable[[Body, CallSite], CheckedExpression]] = {
    **averages.SPECIAL,
    **dict.fromkeys(PLACES, check_unmeasured),
    "regularization": check_regularization,
    "grad": check_grad,
    "updated": check_updated,
}

"""From grammar rules to `loopc.syntax.ast`: parsing calls one method per rule.

Nothing here reports: literals are checked before, and the grammar leaves no shape open.
Nothing recurses: a node is made when its children are, so depth costs no stack.
"""

from loopc.syntax.tree_declarations import DeclarationRules
from loopc.syntax.tree_expressions import ExpressionRules
from loopc.syntax.tree_statements import StatementRules
from loopc.syntax.tree_train import TrainRules


class TreeBuilder(
    ExpressionRules,
    StatementRules,
    DeclarationRules,
    TrainRules,
):
    """The callbacks of all rules."""

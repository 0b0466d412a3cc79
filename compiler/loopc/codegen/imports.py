"""Imports of the script, gathered while the body is printed and written last."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Imports:
    runtime: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)

    def need(self, *names: str) -> None:
        """Runtime names that the printed text uses."""
        self.runtime.update(names)

    def notice(self, text: str) -> str:
        """Record the third-party modules that `text` mentions; gives the text back."""
        for module in ("keras", "tf", "np"):
            if f"{module}." in text:
                self.modules.add(module)
        return text

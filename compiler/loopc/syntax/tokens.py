"""Tokens: texts that know their type and their place."""

from loopc.source import Span


class Token(str):
    """The text of one lexeme, equal to any text that reads the same.

    `start_pos` and `end_pos` are None for tokens that no text has.
    """

    __slots__ = ("end_pos", "start_pos", "type", "value")

    def __new__(
        cls,
        type: str,
        value: str,
        start_pos: int | None = None,
        end_pos: int | None = None,
    ) -> "Token":
        token = super().__new__(cls, value)
        token.type = type
        token.value = value
        token.start_pos = start_pos
        token.end_pos = end_pos
        return token

    type: str
    value: str
    start_pos: int | None
    end_pos: int | None

    def retyped(self, type: str, value: str | None = None) -> "Token":
        """The token at the same place with another type, and another text if given."""
        text = self.value if value is None else value
        return Token(type, text, self.start_pos, self.end_pos)

    def __repr__(self) -> str:
        return f"Token({self.type!r}, {self.value!r})"


def span_of(token: Token) -> Span:
    """The place of a token that a text has."""
    assert token.start_pos is not None
    assert token.end_pos is not None
    return Span(token.start_pos, token.end_pos)

"""E104 to E113: characters, literals, names and the size of a program."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import regression, with_step

ENTRIES = (
    catalog_entry(
        "E104",
        "forbidden-character",
        "a character that may not stand in a program",
        "Control characters, marks that reorder text, and characters of no width make a"
        " program look different from what it is. They are refused everywhere, in"
        " comments and strings too; lines end with a line feed, or with a carriage"
        " return and a line feed.",
        with_step("report loss", "report loss  # \u200bshown"),
        with_step("report loss", "report loss  # shown"),
    ),
    catalog_entry(
        "E105",
        "character-beyond-ascii",
        "a character beyond ASCII outside of comments and strings",
        "Names, numbers and operators are ASCII, because many characters beyond it look"
        " just like ASCII ones: a Cyrillic letter in a name makes another name. The"
        " diagnostic names the code point and what was probably meant.",
        with_step("adam(0.01)", "\u0430dam(0.01)"),
        regression(),
    ),
    catalog_entry(
        "E106",
        "unknown-character",
        "this character has no meaning here",
        "The language does not use this character outside of comments and strings.",
        with_step("adam(0.01)", "adam(0.01)?"),
        regression(),
    ),
    catalog_entry(
        "E107",
        "malformed-number",
        "this is not a number",
        "Numbers are decimal: `128`, `60_000`, `0.5`, `1e-3`. A point has a digit on"
        " both sides, `_` stands between two digits, and a unit stands apart:"
        " `500 steps`.",
        regression(length="for 10epochs"),
        regression(),
    ),
    catalog_entry(
        "E108",
        "literal-out-of-range",
        "a number or string is out of range",
        "Integers stay below 2^63, exponents within 308, numbers within 32 digits and"
        " strings within 65,536 characters: beyond, a value would be rounded or"
        " infinite without a word.",
        with_step("0.01", "1e-999"),
        regression(),
    ),
    catalog_entry(
        "E109",
        "malformed-string",
        "this string is not complete",
        "Strings stand in double quotes on one line. Their escapes are"
        ' `\\"`, `\\\\`, `\\n` and `\\t`.',
        with_step("report loss", 'export net to "net.keras'),
        regression(after='export net to "net.keras"'),
    ),
    catalog_entry(
        "E110",
        "name-not-allowed",
        "this may not be a name",
        "Names have at most 64 characters and do not start with two underscores: such"
        " names have a meaning in Python.",
        with_step("loss", "__loss"),
        regression(),
    ),
    catalog_entry(
        "E111",
        "reserved-word",
        "a reserved word is no name",
        "`then using at every for from in to by of best drop keep stalls if else and or"
        " not`, `true`, `false` and `rest` hold statements together and are never"
        " names. All other words of the language are good names: `loss`, `step`,"
        " `data`, `model`, `train`.",
        regression(before="param rest: int = 3"),
        regression(),
    ),
    catalog_entry(
        "E112",
        "text-too-large",
        "this program is too large",
        "A program has at most 1,048,576 characters and 200,000 words and signs, so"
        " that reading it always ends soon. A larger one was made by a mistake, or by"
        " a tool that should declare a `repeat`.",
        "",
        "",
    ),
    catalog_entry(
        "E113",
        "nested-too-deeply",
        "brackets or operators are nested too deeply",
        "Brackets nest at most 64 deep, and one expression has at most 128 operators"
        " on the way from its whole to its parts. Bind parts to names.",
        with_step("net(x)", "(" * 65 + "net(x)" + ")" * 65),
        regression(),
    ),
)

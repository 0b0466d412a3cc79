"""E224 to E226, E331 and W619: imports of other files; `layers.loop` stands beside."""

from loopc.diagnostics.catalog.entry import catalog_entry
from loopc.diagnostics.example_programs import MODEL, regression

STEM = "layer stem(units: int)(x) = x |> dense(units, relu)\n"
USED = MODEL.replace("x |> dense", "x |> stem(8) |> dense")

ENTRIES = (
    catalog_entry(
        "E224",
        "import-not-found",
        "an imported file is not there, or may not be read",
        "The path of an import counts from the folder of the file that it stands in."
        " Imported files are text below the folder of the program.",
        'import stem from "no_layers.loop"\n\n' + regression(model=USED),
        regression(before=STEM, model=USED),
    ),
    catalog_entry(
        "E225",
        "import-lacks-name",
        "an imported file does not declare a name",
        "`import a, b from` names declarations of that file; those that it imports"
        " itself are imported from where they are declared.",
        "",
        "",
    ),
    catalog_entry(
        "E226",
        "import-circle",
        "files import each other in a circle",
        "A file may not import one that imports it, directly or not.",
        "",
        "",
    ),
    catalog_entry(
        "E331",
        "import-outside",
        "an import lies outside of the program's folder",
        "A program reads nothing but what lies in its folder and below: no `..` that"
        " leaves it, no path from the root.",
        'import stem from "../layers.loop"\n\n' + regression(model=USED),
        regression(before=STEM, model=USED),
    ),
    catalog_entry(
        "W619",
        "unused-import",
        "an import is not used",
        "The program mentions nothing that is imported here.",
        "",
        "",
    ),
)

"""Puts every mutant into one build, so that a run of the tests is all that a mutant costs.

    fan.py LIST SOURCE TARGET [UNVIABLE]

LIST is `cargo mutants --list --json`. Each file that it names is copied from SOURCE to TARGET with each function's body
repeated once for every mutant in it, and the environment variable MUTANT says which of them runs. Standard output gets
a line for each mutant: its number, its file, the lines of its body there, its name. UNVIABLE lists names to leave out.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path


def at(text, place):
    """The offset of a line and column, both from 1."""
    lines = text.split("\n")
    return sum(len(line) + 1 for line in lines[: place["line"] - 1]) + place["column"] - 1


def body(text, function):
    """The offsets between the braces of a function's body."""
    start, end = at(text, function["span"]["start"]), at(text, function["span"]["end"])
    signature = re.search(r"\bfn\s+" + function["function_name"].split("::")[-1] + r"\b", text[start:end])
    return text.index("{", start + signature.end()) + 1, text.rindex("}", start, end)


def fan(text, mutants, file):
    """The file with its bodies repeated, and where each mutant stands in it."""
    functions = defaultdict(list)
    for number, mutant in mutants:
        functions[body(text, mutant["function"])].append((number, mutant))
    out, done, places = "", 0, []
    for (start, end), group in sorted(functions.items()):
        out += text[done:start] + " match crate::mutant() {\n"
        for number, mutant in group:
            first, last = at(text, mutant["span"]["start"]), at(text, mutant["span"]["end"])
            begins = out.count("\n") + 1
            out += f"{number} => {{{text[start:first]} {mutant['replacement']} {text[last:end]}}}\n"
            places.append((number, file, begins, out.count("\n"), mutant["name"]))
        out += f"_ => {{{text[start:end]}}}\n}}"
        done = end
    return out + text[done:], places


def main():
    listed, source, target = json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2]), Path(sys.argv[3])
    unviable = set(Path(sys.argv[4]).read_text().splitlines()) if len(sys.argv) > 4 else set()
    files = {mutant["file"]: [] for mutant in listed}
    for number, mutant in enumerate(listed, 1):
        # Of one function, all bodies have to have one type; what stands in none is left to cargo-mutants.
        function = mutant["function"]
        hidden = function is None or "impl " in (function["return_type"] or "")
        if mutant["name"] not in unviable and not hidden:
            files[mutant["file"]].append((number, mutant))
    for file, mutants in files.items():
        text, places = fan((source / file).read_text(), mutants, file)
        (target / file).write_text(text)
        for place in places:
            print(*place, sep="\t")


main()

"""Names the mutants that do not compile: `unviable.py PLACES MESSAGES`, of `fan.py` and of `cargo check`."""

import json
import sys

places = [line.rstrip("\n").split("\t") for line in open(sys.argv[1])]
for line in open(sys.argv[2]):
    message = json.loads(line).get("message") if line.startswith("{") else None
    if not isinstance(message, dict) or message["level"] != "error":
        continue
    for span in filter(lambda span: span["is_primary"], message["spans"]):
        for _, file, first, last, name in places:
            if span["file_name"] == file and int(first) <= span["line_start"] <= int(last):
                print(name)

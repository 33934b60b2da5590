"""Runs Schemathesis on a started server and sums up: `run.py FOLDER [MORE]...`, with RAPPORT_URL and RAPPORT_TOKEN set.

FOLDER takes the reports; MORE is for Schemathesis, such as `--include-path /api/items`. Beside the checks of
schemathesis.toml every operation has to succeed at least once: one that only ever refuses was not tried.
"""

import json
import os
import pathlib
import subprocess
import sys
import xml.etree.ElementTree

# Operations that never succeed here, and why that is right.
NEVER = {}


def main(folder):
    here = pathlib.Path(__file__).parent
    junit, answers = folder / "junit.xml", folder / "answers.json"
    for old in (junit, answers):
        old.unlink(missing_ok=True)
    url = os.environ["RAPPORT_URL"]
    program = pathlib.Path(sys.executable).with_name("schemathesis")
    command = [program, "--config-file", here / "schemathesis.toml", "run", f"{url}/api/openapi.json"]
    command += sys.argv[2:]
    command += ["--report", "junit", "--report-junit-path", junit]
    more = {"RAPPORT_ANSWERS": str(answers), "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(here)}
    status = subprocess.run(command, cwd=folder, env={**os.environ, **more}).returncode
    cases = list(xml.etree.ElementTree.parse(junit).iter("testcase"))
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    tried = untried(json.loads(answers.read_text()))
    passed, failed = len(cases) - len(bad), len(bad) + len(tried)
    if status != 0 and failed == 0:
        print(f"schemathesis ended with {status}")
        failed = 1
    print(f"test result: {'FAILED' if failed else 'ok'}. {passed} passed; {failed} failed")
    return 1 if failed else 0


def untried(answers):
    """Says how many requests came to which end, and which operations never succeeded."""
    for meant in ("right", "wrong"):
        ends = {}
        for counts in answers.values():
            for answer, count in counts.items():
                what, status = answer.split()
                if what == meant:
                    ends[status[0]] = ends.get(status[0], 0) + count
        print(f"{sum(ends.values())} {meant} requests: " + ", ".join(f"{ends[end]} {end}xx" for end in sorted(ends)))
    never = [name for name, counts in answers.items() if not any(" 2" in status for status in counts) and name not in NEVER]
    for name in never:
        print(f"{name} never succeeded: {answers[name]}")
    return never


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))

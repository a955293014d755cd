"""Known weaknesses in what is installed: ``python -m tools.audit``, or ``make audit``.

Python packages are looked up by pip-audit, in the database of the Python Packaging Authority that the package index
itself publishes, and, if that can't be reached, in OSV's; npm packages by ``npm audit``. Without an answer from any of
them nothing is known, and that is what is told: no answer is not a clean bill.

Exit code 0 also if a weakness is found, unless --strict is given: one that was published this morning must not stop
the work of somebody who has changed something else.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_FOLDERS = ("frontend", "tests")
_SERVICES = ("pypi", "osv")


@dataclass
class Found:
    """What one source says: weaknesses as lines, how many packages it looked at; ``trouble`` if it said nothing."""

    what: str
    weaknesses: list[str] = field(default_factory=list)
    looked_at: int = 0
    skipped: int = 0
    trouble: str = ""

    def __str__(self) -> str:
        if self.trouble:
            return f"{self.what}: NOT CHECKED ({self.trouble})"
        count = len(self.weaknesses) or "no"
        told = "".join(f"\n    {line}" for line in self.weaknesses)
        skipped = f", {self.skipped} NOT CHECKED" if self.skipped else ""
        return f"{self.what}: {count} known weakness(es) in {self.looked_at} packages{skipped}{told}"


def audit_python(seconds: float) -> Found:
    """The packages of this environment."""
    found = Found("Python")
    if importlib.util.find_spec("pip_audit") is None:
        found.trouble = "pip-audit is not installed"
        return found
    troubles = list[str]()
    for service in _SERVICES:
        command = [sys.executable, "-m", "pip_audit", "--local", "--skip-editable", "--format", "json"]
        command += ["--progress-spinner", "off", "--vulnerability-service", service, "--timeout", "10"]
        told, trouble = _run(command, ROOT, seconds)
        packages = told.get("dependencies") if isinstance(told, dict) else None
        if packages and (found := read_pip_audit(packages)).looked_at:
            return found
        if packages:
            trouble = f"it knows none of {len(packages)} packages"
        troubles.append(f"{service}: {trouble or 'no answer'}")
    found.trouble = "; ".join(troubles)
    return found


def read_pip_audit(packages: Iterable[dict[str, Any]]) -> Found:
    """What the JSON of pip-audit says; packages that it skipped were not looked at."""
    found = Found("Python")
    for package in packages:
        found.looked_at += "skip_reason" not in package
        found.skipped += "skip_reason" in package
        for weakness in package.get("vulns", ()):
            mended = ", ".join(weakness.get("fix_versions", ())) or "no version"
            known = f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}"
            found.weaknesses.append(known)
    return found


def audit_npm(folder: Path, seconds: float) -> Found:
    """The packages that a lock file names."""
    found = Found(f"npm, {folder.name}/")
    path = f"{Path(sys.executable).parent}"
    npm = shutil.which("npm") or shutil.which("npm", path=path)
    if npm is None:
        found.trouble = "npm is not installed"
        return found
    told, trouble = _run([npm, "audit", "--json", "--package-lock-only"], folder, seconds)
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        message = told.get("message") if isinstance(told, dict) else ""
        found.trouble = str(message or trouble or "no answer").partition("\n")[0]
        return found
    return read_npm_audit(found.what, told)


def read_npm_audit(what: str, told: dict[str, Any]) -> Found:
    """What the JSON of ``npm audit`` says."""
    found = Found(what, looked_at=told["metadata"]["dependencies"]["total"])
    for name, entry in told["vulnerabilities"].items():
        titles = [via["title"] for via in entry["via"] if isinstance(via, dict)] or ["through what it needs"]
        found.weaknesses.append(f"{name} {entry['range']}: {entry['severity']}: {'; '.join(titles)}")
    return found


def _run(command: Sequence[str], folder: Path, seconds: float) -> tuple[Any, str]:
    """The JSON that a program prints, and else why there is none."""
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer within {seconds:.0f} seconds"
    except OSError as error:
        return None, str(error.strerror)
    try:
        return json.loads(done.stdout), ""
    except ValueError:
        last = [line for line in done.stderr.strip().splitlines() if line.strip()]
        return None, last[-1][:160] if last else "no answer"


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell what is known of everything that is installed."""
    parser = argparse.ArgumentParser(prog="python -m tools.audit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="time for each question (default 60)")
    parser.add_argument("--strict", action="store_true", help="exit code 1 if a weakness is known, or nothing is")
    options = parser.parse_args(arguments)
    found = [audit_python(options.seconds), *(audit_npm(ROOT / name, options.seconds) for name in _FOLDERS)]
    for each in found:
        print(each)
    return int(options.strict and any(each.weaknesses or each.trouble or each.skipped for each in found))


if __name__ == "__main__":
    sys.exit(main())

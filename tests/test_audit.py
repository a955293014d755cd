"""The audit of what is installed says what it knows, and never that all is well where it knows nothing."""

from tools.audit import Found, read_npm_audit, read_pip_audit

WEAK = {"name": "a", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
GOOD = {"name": "b", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "c", "skip_reason": "Dependency not found"}


def test_weaknesses_are_told_with_what_mends_them():
    found = read_pip_audit([WEAK, GOOD, UNKNOWN])
    assert (found.looked_at, found.skipped) == (2, 1)
    assert str(found) == "Python: 1 known weakness(es) in 2 packages, 1 NOT CHECKED\n    a 1.0: PYSEC-1, mended in 1.1"
    entry = {"range": "<2", "severity": "high", "via": [{"title": "It breaks"}, "other"]}
    told = {"vulnerabilities": {"x": entry}, "metadata": {"dependencies": {"total": 7}}}
    assert read_npm_audit("npm", told).weaknesses == ["x <2: high: It breaks"]


def test_no_answer_is_no_clean_bill():
    assert "NOT CHECKED (no answer)" in str(Found("Python", trouble="no answer"))
    nothing = read_pip_audit([UNKNOWN])
    assert nothing.looked_at == 0 and "NOT CHECKED" in str(nothing)

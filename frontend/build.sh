#!/bin/sh
# Installs the pinned libraries and builds what the pages run. Node comes from this machine if it is new enough, else
# from PyPI into the virtual environment given as the only argument.
set -eu
venv=$(cd "$1" && pwd)
cd "$(dirname "$0")"

. ./node.sh
npm ci --silent --no-audit --no-fund
npm run --silent build
touch ../src/miit_graph/web/static/built/.ready

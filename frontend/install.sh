#!/bin/sh
# Installs the npm packages that the lock file of a folder names: install.sh VENV FOLDER
set -eu
venv=$(cd "$1" && pwd)
. "$(dirname "$0")/node.sh"
cd "$2"
npm ci --silent --no-audit --no-fund --ignore-scripts
touch node_modules/.ready

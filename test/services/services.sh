# shellcheck shell=bash disable=SC2034,SC2054
# What the scripts of this folder share. It is read by them, not run.
#
# A service is a file recipes/NAME.sh that sets
#   ports    its ports with their defaults, as an array of KEY=NUMBER
# and defines
#   obtain   installs what is missing; may run again at any time
#   prepare  makes the data folder and the configuration ready; runs before each start
#   launch   becomes the server (exec), in the foreground
#   ready    succeeds once the server answers
#   exports  prints the variables that tests read
# and, where it needs it,
#   pid_file the file the server itself writes its pid to, when `launch` only starts it and ends

set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# What was fetched is shared by every set of servers on this machine; data, logs and pids are a set's own.
fetched=${XDG_CACHE_HOME:-$HOME/.cache}/tracardi-services
root=${TRACARDI_SERVICES_DIR:-$fetched}
core=(opensearch elasticsearch mariadb redis pulsar)
patience=${TRACARDI_SERVICES_WAIT_SECONDS:-120}
# The quick compiler alone halves the time that a Java server takes to start. Before measuring a
# server's speed, set this to nothing, so that it compiles as in production.
read -ra java_flags <<<"${TRACARDI_SERVICES_JAVA_FLAGS--XX:TieredStopAtLevel=1}"

# Goes before a command that refuses to run as root: root hands it to nobody, who here may still enter
# root's folders.
unprivileged=()
if ((EUID == 0)); then
  unprivileged=(setpriv --reuid=65534 --regid=65534 --clear-groups --securebits=+no_setuid_fixup
    --inh-caps=-all,+dac_override --ambient-caps=-all,+dac_override --bounding-set=-all,+dac_override)
fi

say() { printf '%s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

[[ $root$fetched != *[[:space:]]* ]] ||
  fail "The folders of the services ($root, $fetched) must not have a space in them: some servers cannot have that"
[[ $root == /* ]] || fail "TRACARDI_SERVICES_DIR must begin with a slash: the servers run in folders of their own"

known() {
  local file
  for file in "$here"/recipes/*.sh; do basename "$file" .sh; done
}

# load NAME reads a recipe. `home` becomes the service's own folder and each port a variable.
load() {
  name=$1
  [[ $name =~ ^[a-z0-9]+$ && -f $here/recipes/$name.sh ]] ||
    fail "No service is called '$name'. There are: $(known | xargs)"
  home=$root/$name
  ports=()
  pid_file=
  local recipe=$here/recipes/$name.sh entry key override
  # shellcheck source=/dev/null
  source "$recipe"
  for entry in "${ports[@]}"; do
    key=${entry%%=*}
    override=TRACARDI_SERVICES_${name^^}_${key^^}
    printf -v "$key" '%s' "${!override:-${entry#*=}}"
  done
  # A server that is up keeps the ports that it was started with.
  if running && [[ -f $home/ports ]]; then
    # shellcheck source=/dev/null
    source "$home/ports"
  fi
}

# stamp PID prints when that process started, in clock ticks since boot, and nothing for a process
# that is gone. With the pid it tells a process from a later one that got the same number. A killed
# process counts until its last thread is gone, for only then are its ports free.
stamp() {
  local stat fields
  { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 0
  read -ra fields <<<"${stat##*) }"
  [[ ${fields[0]} == Z ]] && ((fields[17] <= 1)) || printf '%s' "${fields[19]}"
}

running() {
  local started
  [[ -f $home/pid ]] && read -r pid started <"$home/pid" && [[ -n $started && $(stamp "$pid") == "$started" ]]
}

listening() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# begin starts the loaded service without waiting for it.
begin() {
  running && return
  local entry key
  for entry in "${ports[@]}"; do
    key=${entry%%=*}
    ! listening "${!key}" ||
      fail "$name: port ${!key} is taken by another process. Set TRACARDI_SERVICES_${name^^}_${key^^} to a free one."
  done
  mkdir -p "$home"
  rm -f "$home/pid"
  prepare
  for entry in "${ports[@]}"; do
    key=${entry%%=*}
    printf '%s=%s\n' "$key" "${!key}"
  done >"$home/ports"
  (
    exec </dev/null >>"$home/log" 2>&1 9>&-
    cd "$home"
    launch
  ) &
  local pid=$!
  if [[ -n $pid_file ]]; then
    wait "$pid" || fail "$name did not start: $(tail -n 20 "$home/log")"
    pid=$(<"$pid_file")
  fi
  printf '%s %s\n' "$pid" "$(stamp "$pid")" >"$home/pid"
}

# await waits until the loaded service answers.
await() {
  local end=$((SECONDS + patience))
  until ready >/dev/null 2>&1; do
    running || fail "$name ended while starting. The last lines of $home/log:"$'\n'"$(tail -n 20 "$home/log")"
    ((SECONDS < end)) || fail "$name does not answer after $patience seconds; see $home/log"
    sleep 0.2
  done
}

# halt ends the loaded service, softly first.
halt() {
  local end=$((SECONDS + 30)) pid
  running || return 0
  kill -CONT "$pid" 2>/dev/null || true
  kill -TERM "$pid" 2>/dev/null || true
  while running; do
    if ((SECONDS >= end)); then kill -KILL "$pid" 2>/dev/null || true; fi
    sleep 0.1
  done
  vanish "$pid"
  rm -f "$home/pid"
}

# vanish PID waits until the kernel has forgotten a process that ended: some servers take a pid that
# still exists for a running copy of themselves.
vanish() {
  local end=$((SECONDS + 10))
  while [[ -e /proc/$1 ]] && ((SECONDS < end)); do sleep 0.05; done
}

# send SIGNAL sends it to the loaded service.
send() {
  local pid
  running || fail "$name is not running"
  kill "-$1" "$pid"
}

apt_install() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 install --no-install-recommends "$@" >&2 9>&-
}

# packages NAME… installs Debian packages without letting them start anything.
packages() {
  local missing=() package policy=/usr/sbin/policy-rc.d
  for package; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  ((EUID == 0)) || fail "Missing Debian packages. Run: sudo apt-get install --no-install-recommends ${missing[*]}"
  say "Installing ${missing[*]}"
  if [[ -e $policy ]]; then
    policy=
  else
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
  fi
  local outcome=0
  apt_install "${missing[@]}" || { apt-get -q update >&2 && apt_install "${missing[@]}"; } || outcome=$?
  [[ -z $policy ]] || rm -f $policy
  return "$outcome"
}

# java_home VERSION prints the home of the oldest JDK that is at least of that version.
java_home() {
  local least=$1 best='' best_version=999 candidate version
  for candidate in "${TRACARDI_SERVICES_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/*; do
    [[ -n $candidate && -x $candidate/bin/javac && -f $candidate/release ]] || continue
    version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$candidate/release")
    if ((version >= least && version < best_version)); then
      best=$candidate
      best_version=$version
    fi
  done
  [[ -n $best ]] || fail "$name needs a JDK of version $least or later under /usr/lib/jvm or in TRACARDI_SERVICES_JAVA_HOME"
  printf '%s' "$best"
}

# jdk VERSION makes sure that such a JDK is there, from Debian where it can be.
jdk() {
  local version
  (java_home "$1" >/dev/null 2>&1) && return
  for version in 17 21 25; do
    ((version >= $1)) || continue
    if apt-cache show "openjdk-$version-jdk-headless" >/dev/null 2>&1; then
      packages "openjdk-$version-jdk-headless"
      return
    fi
  done
  java_home "$1" >/dev/null
}

# certificate makes an authority in the folder `tls` of the loaded service and, signed by it, the certificate of a server on the
# loopback address, unless they are there: ca.pem, server.pem, server.key.
certificate() {
  local tls=$home/tls
  [[ ! -d $tls ]] || return 0
  command -v openssl >/dev/null || packages openssl
  rm -rf "$tls.part"
  mkdir -p "$tls.part"
  (
    cd "$tls.part"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -keyout ca.key -out ca.pem \
      -subj '/CN=Authority of the tests' -addext keyUsage=critical,keyCertSign,cRLSign
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj '/CN=localhost'
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -out server.pem \
      -extfile <(echo 'subjectAltName=DNS:localhost,IP:127.0.0.1')
  ) >>"$home/log" 2>&1
  mv "$tls.part" "$tls"
}

maven() {
  command -v mvn >/dev/null || packages maven
  mvn -B "-Dmaven.repo.local=$fetched/maven" "$@" >"$fetched/maven.log" 2>&1 9>&- ||
    fail "Fetching for $name failed:"$'\n'"$(grep -m 5 ERROR "$fetched/maven.log")"
}

# classpath NAME prints the jars that maven/NAME.xml asks for, fetched once.
classpath() {
  local pom=$here/maven/$1.xml list
  list=$fetched/jars/$1-$(cksum <"$pom" | cut -d' ' -f1).classpath
  if [[ ! -s $list ]]; then
    say "Fetching the jars of $1"
    mkdir -p "$fetched/jars"
    maven -f "$pom" dependency:build-classpath "-Dmdep.outputFile=$list.part"
    mv "$list.part" "$list"
  fi
  cat "$list"
}

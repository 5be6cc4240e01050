# PostgreSQL, from Debian. It refuses to run as root.
ports=(port=15432)

obtain() { packages postgresql; }

# Debian puts the programs into a folder for each version, and the newest one will do.
binaries() { find /usr/lib/postgresql -maxdepth 2 -name bin | sort -V | tail -n 1; }

prepare() {
  [[ ! -d $home/data ]] || return 0
  mkdir -p "$home/data.part"
  ((EUID != 0)) || chown 65534:65534 "$home/data.part"
  echo tracardi >"$home/password"
  "${unprivileged[@]}" "$(binaries)/initdb" --pgdata="$home/data.part" --username=tracardi --pwfile="$home/password" --auth=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 >>"$home/log" 2>&1
  mv "$home/data.part" "$home/data"
}

launch() {
  exec "${unprivileged[@]}" setsid "$(binaries)/postgres" -D "$home/data" -c listen_addresses=127.0.0.1 -c port="$port" \
    -c unix_socket_directories= -c max_connections=100
}

ready() { PGPASSWORD=tracardi psql -h 127.0.0.1 -p "$port" -U tracardi -d postgres -c 'SELECT 1'; }

exports() { echo "export TRACARDI_TEST_POSTGRES_URL=postgres://tracardi:tracardi@127.0.0.1:$port/postgres"; }

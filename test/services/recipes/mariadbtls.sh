# MariaDB that speaks TLS alone, and the commands that back it up.
source "$here/recipes/mariadb.sh"
ports=(port=13307)
tls=(--require-secure-transport --ssl-cert=../tls/server.pem --ssl-key=../tls/server.key)

obtain() { packages mariadb-server-core mariadb-client-core mariadb-client; }

ready() {
  mariadb --no-defaults -h 127.0.0.1 -P "$port" -u tracardi -ptracardi --ssl-ca="$home/tls/ca.pem" --ssl-verify-server-cert -e 'SELECT 1'
}

exports() {
  echo "export TRACARDI_TEST_MYSQL_TLS_URL=mysql://tracardi:tracardi@127.0.0.1:$port/"
  echo "export TRACARDI_TEST_MYSQL_TLS_CA=$home/tls/ca.pem"
}

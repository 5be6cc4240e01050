# Elasticsearch 9 with its security on: HTTPS alone, a user with all rights, keys through its API. It may keep snapshots in its
# folder `snapshots`.
source "$here/recipes/elasticsearch.sh"
ports=(port=19204 transport_port=19304)

security() {
  certificate
  mkdir -p "$home/config/tls" "$home/snapshots"
  cp "$home"/tls/server.* "$home/config/tls/"
  # The password is tracardi, in the only form in which it may stand here.
  echo 'tracardi:$2a$10$rnDDSqcoPDWaOva7ZNO1N.cowNMeDh5XDSgPl/oOo0LkTQiuCX9Ti' >"$home/config/users"
  echo 'superuser:tracardi' >"$home/config/users_roles"
  cat <<YML
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: tls/server.key
xpack.security.http.ssl.certificate: tls/server.pem
path.repo: $home/snapshots
YML
}

ready() {
  curl -fsS --cacert "$home/tls/ca.pem" -u tracardi:tracardi \
    "https://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=1s"
}

exports() {
  echo "export TRACARDI_TEST_ELASTICSEARCH_TLS_URL=https://tracardi:tracardi@127.0.0.1:$port"
  echo "export TRACARDI_TEST_ELASTICSEARCH_TLS_CA=$home/tls/ca.pem"
  echo "export TRACARDI_TEST_ELASTICSEARCH_TLS_SNAPSHOTS=$home/snapshots"
}

# Apache Pulsar that speaks TLS alone and asks for a token. Who has the token in `operator.token` may do everything, who has the one
# in `tracardi.token` what the namespace public/default grants to `tracardi`: to produce and to consume.
source "$here/recipes/pulsar.sh"
ports=(port=16652 admin_port=18443 bookie_port=16653)

doors() {
  certificate
  [[ -f $home/tls/token.key ]] || openssl rand -out "$home/tls/token.key" 32
  local role
  for role in operator tracardi; do token "$role" >"$home/$role.token"; done
  cat <<CONF
brokerServicePort=
webServicePort=
brokerServicePortTls=$port
webServicePortTls=$admin_port
tlsCertificateFilePath=$home/tls/server.pem
tlsKeyFilePath=$home/tls/server.key
tlsTrustCertsFilePath=$home/tls/ca.pem
authenticationEnabled=true
authenticationProviders=org.apache.pulsar.broker.authentication.AuthenticationProviderToken
tokenSecretKey=file://$home/tls/token.key
authorizationEnabled=true
superUserRoles=operator
brokerClientTlsEnabled=true
brokerClientTrustCertsFilePath=$home/tls/ca.pem
brokerClientAuthenticationPlugin=org.apache.pulsar.client.impl.auth.AuthenticationToken
brokerClientAuthenticationParameters=file://$home/operator.token
CONF
}

# token ROLE prints one that does not end.
token() {
  local text
  text=$(printf '{"alg":"HS256"}' | base64url).$(printf '{"sub":"%s"}' "$1" | base64url)
  printf '%s.%s' "$text" "$(printf '%s' "$text" |
    openssl dgst -sha256 -mac HMAC -macopt "hexkey:$(od -An -v -tx1 "$home/tls/token.key" | tr -d ' \n')" -binary | base64url)"
}

base64url() { base64 -w 0 | tr '+/' '-_' | tr -d =; }

ask() {
  curl -fsS --cacert "$home/tls/ca.pem" -H "Authorization: Bearer $(<"$home/operator.token")" "$@"
}

ready() {
  local admin=https://127.0.0.1:$admin_port/admin/v2
  ask "$admin/namespaces/public/default" && [[ $(ask "$admin/brokers/health") == ok ]] &&
    ask -X POST -H 'Content-Type: application/json' -d '["produce","consume"]' "$admin/namespaces/public/default/permissions/tracardi"
}

exports() {
  echo "export TRACARDI_TEST_PULSAR_TLS_URL=pulsar+ssl://127.0.0.1:$port"
  echo "export TRACARDI_TEST_PULSAR_TLS_ADMIN_URL=https://127.0.0.1:$admin_port"
  echo "export TRACARDI_TEST_PULSAR_TLS_CA=$home/tls/ca.pem"
  echo "export TRACARDI_TEST_PULSAR_TLS_TOKEN=$home/tracardi.token"
}

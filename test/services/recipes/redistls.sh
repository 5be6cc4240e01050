# Redis that speaks TLS alone and asks for a password.
source "$here/recipes/redis.sh"
ports=(port=16380)

prepare() {
  mkdir -p "$home/data"
  certificate
}

launch() {
  exec setsid redis-server --bind 127.0.0.1 --port 0 --tls-port "$port" --tls-cert-file "$home/tls/server.pem" --tls-key-file "$home/tls/server.key" \
    --tls-ca-cert-file "$home/tls/ca.pem" --tls-auth-clients no --requirepass tracardi --dir "$home/data" --appendonly yes --save ''
}

ready() { [[ $(redis-cli --no-auth-warning -a tracardi --tls --cacert "$home/tls/ca.pem" -p "$port" ping) == PONG ]]; }

exports() {
  echo "export TRACARDI_TEST_REDIS_TLS_URL=rediss://:tracardi@127.0.0.1:$port/0"
  echo "export TRACARDI_TEST_REDIS_TLS_CA=$home/tls/ca.pem"
}

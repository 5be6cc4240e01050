# Apache Kafka as one process that is broker and controller.
ports=(port=19092 controller_port=19093 login_port=19094)
java_version=17

obtain() {
  jdk "$java_version"
  classpath kafka >/dev/null
}

kafka() {
  exec setsid "$(java_home "$java_version")/bin/java" -Xms128m -Xmx384m -XX:+UseSerialGC "${java_flags[@]}" \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -Dorg.slf4j.simpleLogger.showDateTime=true \
    -cp "$(classpath kafka)" "$@"
}

prepare() {
  mkdir -p "$home/data"
  cat >"$home/server.properties" <<CONF
node.id=1
process.roles=broker,controller
controller.quorum.voters=1@127.0.0.1:$controller_port
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:$port,LOGIN://127.0.0.1:$login_port,CONTROLLER://127.0.0.1:$controller_port
advertised.listeners=PLAINTEXT://127.0.0.1:$port,LOGIN://127.0.0.1:$login_port
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,LOGIN:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.login.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required user_reader="reader-secret";
listener.name.login.scram-sha-256.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.login.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
log.dirs=$home/data
num.partitions=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
CONF
  [[ -f $home/data/meta.properties ]] || (
    exec >>"$home/log" 2>&1
    kafka kafka.tools.StorageTool format --cluster-id dHJhY2FyZGktdGVzdHMxMQ --config "$home/server.properties"
  )
}

launch() { kafka kafka.Kafka "$home/server.properties"; }

# Asks which versions of the protocol the broker speaks; the answer repeats the request's number, 7.
ready() {
  local answer
  exec 3<>"/dev/tcp/127.0.0.1/$port"
  printf '\x00\x00\x00\x0a\x00\x12\x00\x00\x00\x00\x00\x07\xff\xff' >&3
  answer=$(timeout 2 head -c 10 <&3 | od -An -tx1 | tr -d ' \n')
  exec 3>&-
  [[ ${answer:8} == 000000070000 ]]
}

exports() {
  echo "export TRACARDI_TEST_KAFKA_BROKERS=127.0.0.1:$port"
  echo "export TRACARDI_TEST_KAFKA_LOGIN_BROKERS=127.0.0.1:$login_port"
}

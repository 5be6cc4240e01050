# Elasticsearch 8, from an older archive of the same kind. It has no launcher for the server process yet.
source "$here/recipes/elasticsearch.sh"
ports=(port=19203 transport_port=19303)
java_version=17
variable=TRACARDI_TEST_ELASTICSEARCH8_URL
archive=25.12.0.117093
distribution=$fetched/elasticsearch-$archive

run_server() {
  exec "${unprivileged[@]}" setsid "$JAVA" -Xmx64m -XX:+UseSerialGC -Dcli.name=server \
    -Dcli.script="$ES_HOME/bin/elasticsearch" -Dcli.libs=lib/tools/server-cli -Des.path.home="$ES_HOME" \
    -Des.path.conf="$ES_PATH_CONF" -Des.distribution.type=tar -Des.java.type=ES_JAVA_HOME \
    -cp "$ES_HOME/lib/*:$ES_HOME/lib/cli-launcher/*" org.elasticsearch.launcher.CliToolLauncher -d -p "$pid_file"
}

{{- define "mimir.selectorLabels" -}}
app.kubernetes.io/name: mimir
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mimir.labels" -}}
{{ include "mimir.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- /* Configuration of ports, memberlist and rings. The values of the user are merged on top of it. */}}
{{- define "mimir.ringConfig" -}}
server:
  http_listen_port: {{ .Values.service.port }}
  grpc_listen_port: 9095
memberlist:
  advertise_addr: ${POD_IP}
  bind_port: 7946
  # Prevents that two installations of Mimir in one cluster join the same ring.
  cluster_label: {{ .Release.Namespace }}.{{ .Release.Name }}
  join_members:
    - dns+{{ .Release.Name }}-memberlist.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}:7946
ingester:
  ring:
    instance_addr: ${POD_IP}
    instance_id: ${POD_NAME}
    replication_factor: {{ .Values.replicationFactor }}
distributor:
  ring:
    instance_addr: ${POD_IP}
store_gateway:
  sharding_ring:
    instance_addr: ${POD_IP}
    replication_factor: {{ .Values.replicationFactor }}
compactor:
  sharding_ring:
    instance_addr: ${POD_IP}
ruler:
  ring:
    instance_addr: ${POD_IP}
alertmanager:
  sharding_ring:
    instance_addr: ${POD_IP}
    # With 1, Mimir sends only the first notification after each start (its issue 2910). 2 works with one replica, too.
    replication_factor: {{ max 2 .Values.replicationFactor }}
query_scheduler:
  ring:
    instance_addr: ${POD_IP}
frontend:
  address: ${POD_IP}
{{- if .Values.runtimeConfig }}
runtime_config:
  file: /etc/mimir/runtime.yaml
{{- end }}
{{- end }}

{{- /* Additional configuration in distributed mode: how queries find the query-schedulers, and rings whose parts have fewer replicas than there are ingesters. */}}
{{- define "mimir.distributedConfig" -}}
{{- $schedulers := printf "%s-query-scheduler.%s.svc.%s:9095" .Release.Name .Release.Namespace .Values.clusterDomain -}}
frontend:
  scheduler_address: {{ $schedulers }}
frontend_worker:
  scheduler_address: {{ $schedulers }}
querier:
  ring:
    instance_addr: ${POD_IP}
store_gateway:
  sharding_ring:
    replication_factor: {{ min .Values.replicationFactor .Values.parts.storeGateway.replicas }}
alertmanager:
  sharding_ring:
    replication_factor: {{ max 2 (min .Values.replicationFactor .Values.parts.alertmanager.replicas) }}
{{- end }}

{{- /*
The client of a cache. Keys: root; cache, its key in the values. The addresses are those of the Services of the replicas, which resolve also while no pod
runs: Mimir does not start if it cannot resolve the address of a cache.
*/}}
{{- define "mimir.cacheClient" -}}
{{- $root := .root -}}
{{- $addresses := list -}}
{{- range until (int (index $root.Values.caches .cache).replicas) -}}
{{- $addresses = append $addresses (printf "%s-%s-cache-%d.%s.svc.%s:11211" $root.Release.Name $.cache . $root.Release.Namespace $root.Values.clusterDomain) -}}
{{- end -}}
backend: memcached
memcached:
  addresses: {{ join "," $addresses }}
  # The largest item that memcached accepts.
  max_item_size: 5242880
{{- end }}

{{- /* Additional configuration in distributed mode for the caches that are enabled. */}}
{{- define "mimir.cacheConfig" -}}
{{- with .Values.caches -}}
{{- if or .chunks.enabled .index.enabled }}
blocks_storage:
  bucket_store:
    {{- if .chunks.enabled }}
    chunks_cache:
      {{- include "mimir.cacheClient" (dict "root" $ "cache" "chunks") | nindent 6 }}
    {{- end }}
    {{- if .index.enabled }}
    index_cache:
      {{- include "mimir.cacheClient" (dict "root" $ "cache" "index") | nindent 6 }}
    metadata_cache:
      {{- include "mimir.cacheClient" (dict "root" $ "cache" "index") | nindent 6 }}
      # Queries fail if the store-gateways find a new block later than three sync_intervals after its upload. So these lists, which change, are cached
      # only for a short time.
      bucket_index_content_ttl: 10s
      tenants_list_ttl: 10s
    {{- end }}
{{- end }}
{{- if .results.enabled }}
limits:
  # A sender that was offline sends samples up to 8 hours late. With Mimir's default of 10m, results without them would stay in the cache for a week.
  max_cache_freshness: 8h
frontend:
  cache_results: true
  results_cache:
    {{- include "mimir.cacheClient" (dict "root" $ "cache" "results") | nindent 4 }}
{{- end }}
{{- end }}
{{- end }}

{{- /*
Additional configuration with zones. The rings of the other parts hold no data. With as many ingesters as copies, each has every series, and zones would only
make queries less strict: while a replica restarts, they would ask one instead of both others.
*/}}
{{- define "mimir.zoneConfig" -}}
{{- $ingesters := eq .Values.mode "distributed" | ternary .Values.parts.ingester.replicas .Values.replicas -}}
{{- $spare := gt (int $ingesters) (int .Values.replicationFactor) -}}
{{- range $section, $ring := dict "ingester" "ring" "store_gateway" "sharding_ring" "alertmanager" "sharding_ring" }}
{{ $section }}:
  {{ $ring }}:
    instance_availability_zone: ${AVAILABILITY_ZONE}
    zone_awareness_enabled: {{ and $.Values.zones.replicate (or $spare (ne $section "ingester")) }}
{{- end }}
{{- end }}

{{- /*
The topology spread constraints of a workload. Keys: root; zoned, whether its pods have zones; constraints, those without zones; labels, those of its pods.
A zone whose nodes are all down does not count. Otherwise a replica of another zone could not restart until it is back.
*/}}
{{- define "mimir.spread" -}}
{{- $spread := list }}
{{- if and .zoned .root.Values.zones.enabled }}
{{- $spread = append $spread (dict "maxSkew" 1 "topologyKey" "topology.kubernetes.io/zone" "whenUnsatisfiable" "DoNotSchedule" "nodeTaintsPolicy" "Honor" "labelSelector" (dict "matchLabels" .labels)) }}
{{- end }}
{{- range .constraints }}
{{- if not (and $.zoned $.root.Values.zones.enabled (eq .topologyKey "topology.kubernetes.io/zone")) }}
{{- $spread = append $spread . }}
{{- end }}
{{- end }}
{{- $spread | toYaml }}
{{- end }}

{{- define "mimir.config" -}}
{{- $config := include "mimir.ringConfig" . | fromYaml }}
{{- if .Values.zones.enabled }}
{{- $config = mustMergeOverwrite $config (include "mimir.zoneConfig" . | fromYaml) }}
{{- end }}
{{- if eq .Values.mode "distributed" }}
{{- $config = mustMergeOverwrite $config (include "mimir.distributedConfig" . | fromYaml) (include "mimir.cacheConfig" . | fromYaml) }}
{{- end }}
{{- mustMergeOverwrite $config (deepCopy .Values.config) | toYaml }}
{{- end }}

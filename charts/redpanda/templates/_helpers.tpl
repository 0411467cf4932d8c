{{- define "redpanda.selectorLabels" -}}
app.kubernetes.io/name: redpanda
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: broker
{{- end }}

{{- define "redpanda.consoleLabels" -}}
app.kubernetes.io/name: redpanda-console
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: console
{{- end }}

{{- define "redpanda.commonLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "redpanda.labels" -}}
{{ include "redpanda.selectorLabels" . }}
{{ include "redpanda.commonLabels" . }}
{{- end }}

{{- define "redpanda.image" -}}
{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{/* The domain of the brokers: each has the name POD.DOMAIN. */}}
{{- define "redpanda.domain" -}}
{{ .Release.Name }}-headless.{{ .Release.Namespace }}.svc.{{ .Values.clusterDomain }}
{{- end }}

{{- define "redpanda.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "redpanda.scheduling" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* The file redpanda.yaml of a broker. */}}
{{- define "redpanda.config" -}}
redpanda:
  data_directory: /var/lib/redpanda/data
  # Each broker waits for the others at the first start, so that they do not create several clusters.
  empty_seed_starts_cluster: false
  seed_servers:
    {{- range $ordinal := until (int .Values.replicas) }}
    - host:
        address: {{ $.Release.Name }}-{{ $ordinal }}.{{ include "redpanda.domain" $ }}
        port: 33145
    {{- end }}
  rpc_server:
    address: 0.0.0.0
    port: 33145
  kafka_api:
    - name: internal
      address: 0.0.0.0
      port: 9092
  admin:
    - address: 0.0.0.0
      port: 9644
  developer_mode: {{ .Values.developerMode }}
rpk:
  # No usage statistics.
  enable_usage_stats: false
  overprovisioned: {{ .Values.developerMode }}
  # The pod has no permission to change its node.
  enable_memory_locking: false
{{- end }}

{{/* The properties of the cluster at its first start. */}}
{{- define "redpanda.properties" -}}
{{- $replicas := min 3 (int .Values.replicas) }}
{{- $properties := dict "enable_metrics_reporter" false "auto_create_topics_enabled" true "default_topic_replications" $replicas }}
{{- if .Values.developerMode }}
{{- $properties = merge $properties (dict "storage_min_free_bytes" 10485760 "group_topic_partitions" 3) }}
{{- end }}
{{- toYaml (mergeOverwrite $properties .Values.clusterProperties) }}
{{- end }}

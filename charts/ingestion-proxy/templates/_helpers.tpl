{{- define "ingestion-proxy.selectorLabels" -}}
app.kubernetes.io/name: ingestion-proxy
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ingestion-proxy.labels" -}}
{{ include "ingestion-proxy.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "ingestion-proxy.image" -}}
{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag | default (printf "%s-alpine" .Chart.AppVersion) }}
{{- end }}

{{- /* A StatefulSet. Keys: root; name; replicas; size, of its volumes, "" for none; pod, the keys of mimir.podTemplate. */}}
{{- define "mimir.statefulSet" -}}
{{- $root := .root -}}
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "mimir.labels" $root | nindent 4 }}
    {{- with .pod.part }}
    app.kubernetes.io/component: {{ . }}
    {{- end }}
spec:
  replicas: {{ .replicas }}
  serviceName: {{ $root.Release.Name }}-memberlist
  # The ring forms faster if all replicas start together. Updates still restart one replica after another.
  podManagementPolicy: Parallel
  updateStrategy:
    type: RollingUpdate
  persistentVolumeClaimRetentionPolicy:
    whenDeleted: Retain
    whenScaled: Retain
  selector:
    matchLabels:
      {{- include "mimir.selectorLabels" $root | nindent 6 }}
      {{- with .pod.part }}
      app.kubernetes.io/component: {{ . }}
      {{- end }}
  template:
    {{- include "mimir.podTemplate" (merge (dict "root" $root "claim" (ne .size "")) .pod) | nindent 4 }}
  {{- with .size }}
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: data
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $root.Values.persistence.storageClass }}
        storageClassName: {{ . }}
        {{- end }}
        resources:
          requests:
            storage: {{ . }}
  {{- end }}
{{- end }}

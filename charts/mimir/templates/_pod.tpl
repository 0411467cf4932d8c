{{- /*
The pod template of a process. Keys: root; part, the label "component" ("" in monolithic mode); target; httpPort, its name; resources; rules and
alertmanager, whether their files are mounted; claim, whether the StatefulSet has a volume; spread; shutdownDelay; labels, those by which Services select the
pod, if it does not belong to the others; annotations; flags, which override the configuration; goMemoryLimit, the value of GOMEMLIMIT.
*/}}
{{- define "mimir.podTemplate" -}}
{{- $root := .root -}}
metadata:
  labels:
    {{- .labels | default (include "mimir.selectorLabels" $root) | nindent 4 }}
    {{- with .part }}
    app.kubernetes.io/component: {{ . }}
    {{- end }}
    {{- with $root.Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "mimir.config" $root | sha256sum }}
    {{- with .annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $root.Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ $root.Release.Name }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ $root.Values.terminationGracePeriodSeconds }}
  {{- with $root.Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  containers:
    - name: mimir
      image: {{ $root.Values.image.registry }}/{{ $root.Values.image.repository }}:{{ $root.Values.image.tag | default $root.Chart.AppVersion }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args:
        - -target={{ .target }}
        - -config.file=/etc/mimir/mimir.yaml
        - -config.expand-env=true
        {{- with .shutdownDelay }}
        - -shutdown-delay={{ . }}
        {{- end }}
        {{- range $name, $value := $root.Values.extraArgs }}
        - {{ printf "-%s=%s" $name (toJson $value | trimAll "\"") | quote }}
        {{- end }}
        {{- range .flags }}
        - {{ . | quote }}
        {{- end }}
      env:
        - name: POD_IP
          valueFrom:
            fieldRef:
              fieldPath: status.podIP
        - name: POD_NAME
          valueFrom:
            fieldRef:
              fieldPath: metadata.name
        {{- with .goMemoryLimit }}
        - name: GOMEMLIMIT
          value: {{ . | quote }}
        {{- end }}
        {{- if $root.Values.zones.enabled }}
        - name: AVAILABILITY_ZONE
          valueFrom:
            fieldRef:
              fieldPath: metadata.labels['topology.kubernetes.io/zone']
        {{- end }}
        {{- with $root.Values.env }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with $root.Values.envFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - name: {{ .httpPort }}
          containerPort: {{ $root.Values.service.port }}
          protocol: TCP
        - name: grpc
          containerPort: 9095
          protocol: TCP
        - name: memberlist
          containerPort: 7946
          protocol: TCP
      # The replay of a large write-ahead log needs minutes.
      startupProbe:
        httpGet:
          path: /ready
          port: {{ .httpPort }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: 240
      readinessProbe:
        httpGet:
          path: /ready
          port: {{ .httpPort }}
        periodSeconds: 10
        timeoutSeconds: 5
      livenessProbe:
        tcpSocket:
          port: {{ .httpPort }}
        periodSeconds: 20
        timeoutSeconds: 5
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      {{- with .resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/mimir
        - name: data
          mountPath: /data
        - name: tmp
          mountPath: /tmp
        {{- if and .rules $root.Values.rules.files }}
        - name: rules
          mountPath: /rules/{{ $root.Values.rules.tenant }}
        {{- end }}
        {{- if .alertmanager }}
        - name: alertmanager
          mountPath: /alertmanager
          readOnly: true
        {{- end }}
    {{- if and .alertmanager $root.Values.alertmanager.secrets }}
    {{- $nginx := $root.Values.nginx }}
    - name: alertmanager-secrets
      image: {{ $nginx.registry }}/{{ $nginx.repository }}:{{ $nginx.tag }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      command: [sh, -c]
      args:
        - |
          {{- $root.Files.Get "files/insert-secrets.sh" | trim | nindent 10 }}
        - insert-secrets
        - /alertmanager-template/{{ $root.Values.alertmanager.tenant }}.yaml
        - {{ $root.Values.alertmanager.secretsDirectory }}
        - /alertmanager/{{ $root.Values.alertmanager.tenant }}.yaml
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
      {{- with $root.Values.alertmanager.secretsResources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: alertmanager-template
          mountPath: /alertmanager-template
          readOnly: true
        - name: alertmanager
          mountPath: /alertmanager
        {{- range $root.Values.alertmanager.secrets }}
        - name: secret-{{ sha256sum .name | trunc 10 }}
          mountPath: {{ $root.Values.alertmanager.secretsDirectory }}/{{ .name }}
          readOnly: true
        {{- end }}
    {{- end }}
  volumes:
    - name: config
      configMap:
        name: {{ $root.Release.Name }}
    - name: tmp
      emptyDir: {}
    {{- if and .rules $root.Values.rules.files }}
    # Rules and the Alertmanager configuration are not in the checksum above, because Mimir reads them again every minute.
    - name: rules
      configMap:
        name: {{ $root.Release.Name }}-rules
    {{- end }}
    {{- if .alertmanager }}
    - name: alertmanager{{ if $root.Values.alertmanager.secrets }}-template{{ end }}
      configMap:
        name: {{ $root.Release.Name }}-alertmanager
    {{- if $root.Values.alertmanager.secrets }}
    # In memory, because it contains the Secrets.
    - name: alertmanager
      emptyDir: { medium: Memory, sizeLimit: 4Mi }
    {{- end }}
    {{- range $root.Values.alertmanager.secrets }}
    - name: secret-{{ sha256sum .name | trunc 10 }}
      secret:
        secretName: {{ .name }}
        # The pod must start even if the Secret of a receiver is missing.
        optional: true
        defaultMode: 0440
        items:
          {{- range .keys }}
          - { key: {{ . | quote }}, path: {{ . | quote }} }
          {{- end }}
    {{- end }}
    {{- end }}
    {{- if not .claim }}
    - name: data
      emptyDir: {}
    {{- end }}
  {{- with $root.Values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $root.Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $root.Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .spread }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

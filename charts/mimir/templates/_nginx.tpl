{{- /*
Routes of the gateway: each path goes to the part that has it. nginx looks the names up when it starts, which is enough because the address of a Service
with a cluster IP does not change.
*/}}
{{- define "mimir.nginxConfig" -}}
{{- $to := dict }}
{{- range list "distributor" "query-frontend" "ruler" "alertmanager" "store-gateway" "compactor" }}
{{- $_ := set $to . (printf "proxy_pass http://%s-%s.%s.svc.%s:%d;" $.Release.Name . $.Release.Namespace $.Values.clusterDomain (int $.Values.service.port)) }}
{{- end -}}
daemon off;
worker_processes 2;
error_log stderr;
pid /tmp/nginx.pid;

events {
  worker_connections 4096;
}

http {
  client_body_temp_path /tmp/client-body;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;

  access_log off;
  default_type application/octet-stream;

  # Mimir has the limits of sizes and times.
  client_max_body_size 0;
  proxy_request_buffering off;
  proxy_read_timeout 300s;
  proxy_send_timeout 300s;
  proxy_connect_timeout 5s;

  proxy_http_version 1.1;
  # Each request can reach another replica.
  proxy_set_header Connection close;
  proxy_set_header Host $http_host;

  server {
    listen {{ .Values.service.port }};

    location = /gateway/ready { return 200; }

    # Writes
    location /api/v1/push { {{ index $to "distributor" }} }
    location /otlp/v1/metrics { {{ index $to "distributor" }} }
    location /distributor/ { {{ index $to "distributor" }} }
    location = /api/v1/user_stats { {{ index $to "distributor" }} }
    location = /ingester/ring { {{ index $to "distributor" }} }

    # Rules
    location = /prometheus/api/v1/rules { {{ index $to "ruler" }} }
    location = /prometheus/api/v1/alerts { {{ index $to "ruler" }} }
    location /prometheus/config/v1/rules { {{ index $to "ruler" }} }
    location /ruler/ { {{ index $to "ruler" }} }
    {{- if .Values.alertmanager.enabled }}

    # Alertmanager
    location /alertmanager { {{ index $to "alertmanager" }} }
    # It would show the Secrets of receivers.
    location = /multitenant_alertmanager/configs { return 404; }
    location /multitenant_alertmanager/ { {{ index $to "alertmanager" }} }
    {{- end }}

    # Blocks
    location /store-gateway/ { {{ index $to "store-gateway" }} }
    location /compactor/ { {{ index $to "compactor" }} }
    location /api/v1/upload/block/ { {{ index $to "compactor" }} }

    # Queries, and the paths that all parts have
    location / { {{ index $to "query-frontend" }} }
  }
}
{{- end }}

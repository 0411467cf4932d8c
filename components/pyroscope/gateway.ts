import { createHash } from "crypto";
import { contract, serviceHost } from "../contract";
import { pullSecrets, scheduling } from "../helm/chart";
import type { HelmValues } from "../helm/values";
import type { PyroscopeArgs } from "./args";

const { release, service, ports } = contract.pyroscope;
/** Another name than that of the parts, so that the Service of the rings does not lead to the gateway. */
const labels = {
    "app.kubernetes.io/name": "pyroscope-gateway",
    "app.kubernetes.io/instance": release,
    "app.kubernetes.io/component": "gateway",
};
const name = `${release}-gateway`;

/** The image with nginx and a shell. */
export function gatewayImage({ imageRegistry }: PyroscopeArgs, { image }: HelmValues): string {
    return `${imageRegistry ?? image.registry}/${image.repository}:${image.tag}`;
}

/** The gateway of distributed Pyroscope, and the Service of the DNS contract, which leads to it. In monolithic mode, the chart creates this Service. */
export function gatewayObjects(args: PyroscopeArgs, values: HelmValues): object[] {
    const { namespace } = args;
    const metadata = { name, namespace, labels };
    const config = nginxConfig(args);
    const { podDisruptionBudget: budget = {} } = values;
    return [
        {
            apiVersion: "v1",
            kind: "Service",
            metadata: { ...metadata, name: service },
            spec: {
                type: "ClusterIP",
                ports: [{ name: "http2", port: ports.http, targetPort: "http", protocol: "TCP" }],
                selector: labels,
            },
        },
        { apiVersion: "v1", kind: "ConfigMap", metadata, data: { "nginx.conf": config } },
        {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata,
            spec: {
                replicas: values["replicaCount"] as number,
                strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
                selector: { matchLabels: labels },
                template: {
                    metadata: {
                        labels,
                        annotations: { "checksum/config": createHash("sha256").update(config).digest("hex") },
                    },
                    spec: pod(args, values),
                },
            },
        },
        ...(budget.enabled === true
            ? [
                  {
                      apiVersion: "policy/v1",
                      kind: "PodDisruptionBudget",
                      metadata,
                      spec: { maxUnavailable: budget.maxUnavailable, selector: { matchLabels: labels } },
                  },
              ]
            : []),
    ];
}

function pod(args: PyroscopeArgs, values: HelmValues): object {
    return {
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        imagePullSecrets: pullSecrets(args),
        ...scheduling(args),
        topologySpreadConstraints: values["topologySpreadConstraints"],
        securityContext: {
            ...{ runAsNonRoot: true, runAsUser: 101, runAsGroup: 101, fsGroup: 101 },
            seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
            {
                name: "nginx",
                image: gatewayImage(args, values),
                // The entrypoint of the image writes to folders that are read-only here.
                command: ["nginx", "-c", "/etc/pyroscope-gateway/nginx.conf"],
                ports: [{ name: "http", containerPort: ports.http, protocol: "TCP" }],
                readinessProbe: { httpGet: { path: "/gateway/ready", port: "http" }, timeoutSeconds: 5 },
                livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 20, timeoutSeconds: 5 },
                // Until the Service no longer sends requests to this pod.
                lifecycle: { preStop: { exec: { command: ["sleep", "5"] } } },
                securityContext: {
                    ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
                    capabilities: { drop: ["ALL"] },
                },
                resources: values["resources"],
                volumeMounts: [
                    { name: "config", mountPath: "/etc/pyroscope-gateway" },
                    { name: "tmp", mountPath: "/tmp" },
                ],
            },
        ],
        volumes: [
            { name: "config", configMap: { name } },
            { name: "tmp", emptyDir: {} },
        ],
    };
}

/** The paths of each part. All others belong to the query-frontend, which has the queries and the user interface. */
const paths: Record<string, string[]> = {
    distributor: [
        "/ingest",
        "/pyroscope/ingest",
        "/push.v1.PusherService/",
        "/v1development/profiles",
        "/debuginfo.v1alpha1.DebuginfoService/",
        "/distributor/",
        "/ring-segment-writer",
    ],
    "tenant-settings": ["/settings.v1."],
    "ad-hoc-profiles": ["/adhocprofiles.v1."],
    admin: ["/admin", "/ops/", "/metastore-nodes", "/metastore-client-test", "/query-diagnostics"],
};

/** nginx looks the names up when it starts, which is enough because the address of a Service with a cluster IP does not change. */
function nginxConfig({ namespace, clusterDomain }: PyroscopeArgs): string {
    const address = (part: string) => `${serviceHost(`${release}-${part}`, namespace, clusterDomain)}:${ports.http}`;
    const location = (path: string, part: string) => `    location ${path} { proxy_pass http://${address(part)}; }`;
    const otlp = "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/";
    return `daemon off;
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

  # Pyroscope has the limits of sizes and times.
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
    listen ${ports.http};
    # gRPC and HTTP/1.1 on the same port, as in monolithic mode.
    http2 on;

    location = /gateway/ready { return 200; }

    location ${otlp} { grpc_pass grpc://${address("distributor")}; }
${Object.entries(paths)
    .flatMap(([part, prefixes]) => prefixes.map((prefix) => location(prefix, part)))
    .join("\n")}
${location("/", "query-frontend")}
  }
}
`;
}

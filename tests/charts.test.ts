import { execFileSync } from "child_process";
import { load } from "js-yaml";
import * as path from "path";
import type { LocatedChart } from "../cli/evaluate";
import { manifestFiles } from "../cli/manifests";
import { evaluateStack } from "../cli/evaluate";
import { listening, selectedBy } from "../cli/workloads";
import { podRequests } from "../cli/up/requests";
import { deployedKinds } from "../cli/up/permissions";
import { dashboardFolders } from "../dashboards/folders";
import { quantityValue } from "../validation/quantities";
import { describeWith } from "./helpers/prerequisites";
import { missingRules, resourceOf } from "./helpers/rbac";
import { everyExistingSecret } from "./helpers/secrets";
import {
    evaluateFromMirror,
    objectOf,
    renderChart,
    type RenderedStack,
    renderStack,
    type Workload,
    workloads,
} from "./helpers/rendered";

describeWith({ programs: ["helm"] }, "our own charts", () => {
    const helm = (...args: string[]) =>
        execFileSync("helm", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    const own = async (release: string) => {
        const { charts } = await evaluateStack("prod");
        return charts.find((chart) => chart.release === release) as LocatedChart;
    };

    test.each([
        ["mimir", []],
        ["minio", ["--set", "rootSecret=root"]],
    ])("%s passes helm lint --strict", (chart, args) => {
        expect(helm("lint", "--strict", `charts/${chart}`, ...args)).toContain("0 chart(s) failed");
    });

    test.each([
        ["mimir", { replicas: 0 }, "replicas"],
        ["mimir", { replicationFactor: 5 }, "replicationFactor (5) is above replicas (3)"],
        ["mimir", { replicationFactor: 2 }, "replicationFactor (2) is even"],
        ["mimir", { replica: 3 }, "replica"],
        ["minio", { replicas: 2 }, "replicas"],
        ["minio", { rootSecret: "" }, "rootSecret"],
        ["minio", { users: [{ name: "a", secret: "b", buckets: ["x"] }] }, "buckets"],
    ])("%s rejects the values %j", async (release, values, message) => {
        const chart = await own(release);
        await expect(renderChart({ ...chart, values: { ...chart.values, ...values } })).rejects.toThrow(message);
    });

    test("Mimir's replicas form a ring, and keep a quorum when nodes are drained", async () => {
        const objects = await renderChart(await own("mimir"));
        const config = load(objectOf(objects, "ConfigMap", "mimir")["data"]["mimir.yaml"]) as Record<string, any>;
        const memberlist = objectOf(objects, "Service", "mimir-memberlist");
        expect(config["memberlist"].join_members).toEqual(["dns+mimir-memberlist.monitoring.svc.cluster.local:7946"]);
        expect(memberlist["spec"]).toMatchObject({ clusterIP: "None", publishNotReadyAddresses: true });
        expect(config["ingester"].ring.replication_factor).toBe(3);
        expect(objectOf(objects, "PodDisruptionBudget", "mimir")["spec"].maxUnavailable).toBe(1);
        expect(objectOf(objects, "StatefulSet", "mimir")["spec"].replicas).toBe(3);
    });

    test("a change of Mimir's configuration restarts its pods", async () => {
        const chart = await own("mimir");
        const checksum = async (values: object) =>
            objectOf(await renderChart({ ...chart, values: { ...chart.values, ...values } }), "StatefulSet", "mimir")[
                "spec"
            ].template.metadata.annotations["checksum/config"];
        expect(await checksum({})).not.toBe(await checksum({ config: { limits: { max_label_names_per_series: 50 } } }));
    });

    test("MinIO's Job has a new name only if its spec changes", async () => {
        const chart = await own("minio");
        const job = async (values: object) =>
            (await renderChart({ ...chart, values: { ...chart.values, ...values } })).find(({ kind }) => kind === "Job")
                ?.metadata.name;
        const name = await job({});
        expect(name).toMatch(/^minio-provision-[0-9a-f]{8}$/);
        expect(await job({ resources: { requests: { cpu: "3" } } })).toBe(name);
        expect(await job({ users: [] })).toBeUndefined();
        expect(await job({ users: [{ name: "loki", secret: "s", buckets: ["other"] }] })).not.toBe(name);
        expect(await job({ image: { tag: "other" } })).not.toBe(name);
    });

    test("MinIO uses the drives of all replicas, or one drive", async () => {
        const chart = await own("minio");
        const drives = async (replicas: number) =>
            objectOf(await renderChart({ ...chart, values: { ...chart.values, replicas } }), "StatefulSet", "minio")[
                "spec"
            ].template.spec.containers[0].args[1];
        expect(await drives(4)).toBe(
            "http://minio-{0...3}.minio-headless.monitoring.svc.cluster.local:9000/data/drive",
        );
        expect(await drives(1)).toBe("/data/drive");
    });
});

describeWith({ programs: ["helm"], mirror: true }, "the charts, rendered with the program's values", () => {
    const stacks = new Map<string, RenderedStack>();
    beforeAll(async () => {
        for (const stack of ["dev", "prod"]) {
            stacks.set(stack, await renderStack(stack));
        }
    });
    const stack = (name: string) => stacks.get(name) as RenderedStack;

    describe.each(["dev", "prod"])("in %s", (name) => {
        test.each([
            [
                "otel-collector-opentelemetry-collector",
                { 9411: 9411, 4317: 4317, 4318: 4318, 13133: 13133, 8888: 8888 },
            ],
            ["lgtm-grafana", { 80: 3000 }],
            ["loki", { 3100: 3100 }],
            ["tempo", { 3200: 3200, 4317: 4317 }],
            ["mimir", { 9009: 9009 }],
            ["pyroscope", { 4040: 4040 }],
            ["minio", { 9000: 9000 }],
            ["lgtm-alloy-receiver", { 4317: 4317, 4318: 4318 }],
        ])("the ports of the Service %s are open in its pods", (service, ports) => {
            const { spec } = objectOf(stack(name).objects, "Service", service);
            const selected = selectedBy(spec, stack(name).objects);
            expect(selected.map((workload) => workload.kind)).toHaveLength(1);
            for (const [port, target] of Object.entries(ports)) {
                const found = spec.ports.find((candidate: { port: number }) => candidate.port === Number(port));
                expect({ port, found }).toEqual({
                    port,
                    found: expect.objectContaining({ port: Number(port) }) as object,
                });
                const { targetPort = found.port } = found as { targetPort?: number | string };
                expect(listening(selected[0] as Workload, targetPort)).toBe(target);
            }
        });

        test("workloads have the names in the contract", () => {
            const names = workloads(stack(name).objects).filter(({ kind }) => kind !== "Job");
            expect(names.map((workload) => `${workload.kind} ${workload.name}`).sort()).toEqual(
                [
                    "DaemonSet lgtm-alloy-logs",
                    "DaemonSet lgtm-alloy-metrics",
                    "Deployment lgtm-alloy-receiver",
                    "Deployment lgtm-grafana",
                    `${name === "prod" ? "StatefulSet" : "Deployment"} otel-collector-opentelemetry-collector`,
                    "StatefulSet loki",
                    "StatefulSet mimir",
                    "StatefulSet minio",
                    "StatefulSet pyroscope",
                    "StatefulSet tempo",
                ].sort(),
            );
        });

        test("the rendered manifests are deterministic", async () => {
            const again = await renderStack(name);
            expect(manifestFiles(again.objects)).toEqual(manifestFiles(stack(name).objects));
        });

        test("the charts render no Secret, no hook, no custom resource definition and no empty ClusterRole", () => {
            for (const object of stack(name).objects) {
                expect(["Secret", "CustomResourceDefinition"]).not.toContain(object.kind);
                expect(JSON.stringify(object.metadata)).not.toContain("helm.sh/hook");
                if (object.kind === "ClusterRole") {
                    expect((object["rules"] as unknown[]).length).toBeGreaterThan(0);
                }
            }
        });

        test("no role has access to Secrets", () => {
            const rules = stack(name).objects.flatMap(
                (object) => (object["rules"] ?? []) as { resources?: string[] }[],
            );
            expect(rules.length).toBeGreaterThan(3);
            expect(
                rules.filter(({ resources }) => resources?.some((resource) => ["secrets", "*"].includes(resource))),
            ).toEqual([]);
        });

        test("all containers have CPU and memory requests and a memory limit", () => {
            for (const { name: workload, pod } of workloads(stack(name).objects)) {
                for (const { resources } of [...pod.containers, ...(pod.initContainers ?? [])]) {
                    expect({ workload, resources }).toMatchObject({
                        resources: {
                            requests: { cpu: expect.anything() as unknown, memory: expect.anything() as unknown },
                            limits: { memory: expect.anything() as unknown },
                        },
                    });
                }
            }
        });

        test("no container can gain privileges, and only the log collector runs as root", () => {
            for (const { name: workload, pod } of workloads(stack(name).objects)) {
                for (const { securityContext } of pod.containers) {
                    expect({ workload, securityContext }).toMatchObject({
                        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
                    });
                    const root = (securityContext?.["runAsUser"] ?? pod["securityContext"]?.runAsUser) === 0;
                    expect(root).toBe(workload === "lgtm-alloy-logs");
                    expect(pod["securityContext"]?.runAsNonRoot ?? !root).toBe(!root);
                }
            }
        });

        test("no secret is in plain text", () => {
            expect(JSON.stringify(stack(name).objects)).not.toContain('mathtrail"}');
            for (const object of stack(name).objects.filter(({ kind }) => kind === "ConfigMap")) {
                expect(JSON.stringify(object["data"])).not.toMatch(
                    /password *[:=] *\S|secret_(access_)?key *[:=] *\S/i,
                );
            }
        });
    });

    test("with tail sampling, the collector has a headless Service for its replicas", async () => {
        const { objects, byRelease } = await renderStack("prod", { tracing: { samplingMode: "tail" } });
        const collector = byRelease.get("otel-collector") ?? [];
        const relay = collector.find(({ kind }) => kind === "ConfigMap") as Record<string, any>;
        const { receivers } = load(relay["data"].relay) as Record<string, any>;
        const { spec } = objectOf(collector, "Service", "otel-collector-peers");
        expect(spec.clusterIP).toBe("None");
        expect(spec.ports.map(({ targetPort }: { targetPort: unknown }) => targetPort)).toEqual([4319]);
        expect(receivers["otlp/peers"].protocols.grpc.endpoint).toBe(":4319");
        expect(selectedBy(spec, objects).map((workload) => workload.name)).toEqual([
            "otel-collector-opentelemetry-collector",
        ]);
        const contract = objectOf(collector, "Service", "otel-collector-opentelemetry-collector");
        expect(contract["spec"].ports.map(({ port }: { port: number }) => port).sort()).toEqual([
            13133, 4317, 4318, 8888, 9411,
        ]);
    });

    test.each([
        ["dev", { collector: { jaeger: true } }],
        ["prod", {}],
        ["prod", { tracing: { samplingMode: "tail" } }],
    ])("in %s with %j, no port is empty", async (name, settings) => {
        const { objects } = await renderStack(name, settings);
        const services = objects.filter(({ kind }) => kind === "Service") as Record<string, any>[];
        const ports = [
            ...services.flatMap(({ spec }) =>
                spec.ports.flatMap(({ port, targetPort = port }: any) => [port, targetPort]),
            ),
            ...workloads(objects).flatMap(({ pod }) =>
                pod.containers.flatMap((container) =>
                    (container.ports ?? []).map(({ containerPort }) => containerPort),
                ),
            ),
        ] as unknown[];
        expect(ports.length).toBeGreaterThan(50);
        expect(ports.filter((port) => !["number", "string"].includes(typeof port) || port === "")).toEqual([]);
    });

    test("volumes have the configured size and keep their data", () => {
        const claims = stack("prod").objects.flatMap(({ kind, metadata, spec }) => {
            const {
                volumeClaimTemplates = [],
                persistentVolumeClaimRetentionPolicy: policy,
                resources,
            } = (spec ?? {}) as Record<string, any>;
            const own =
                kind === "PersistentVolumeClaim" ? [[metadata.name, resources.requests.storage, undefined]] : [];
            return [
                ...own,
                ...volumeClaimTemplates.map((claim: any) => [
                    metadata.name,
                    claim.spec.resources.requests.storage,
                    policy?.whenDeleted,
                ]),
            ];
        });
        expect(claims.sort()).toEqual([
            ["lgtm-grafana", "10Gi", undefined],
            ["loki", "100Gi", undefined],
            ["mimir", "100Gi", "Retain"],
            ["minio", "100Gi", "Retain"],
            ["otel-collector-opentelemetry-collector", "10Gi", undefined],
            ["pyroscope", "100Gi", undefined],
            ["tempo", "100Gi", undefined],
        ]);
    });

    test.each(["dev", "prod"])("the requests of %s are calculated correctly from its values", (name) => {
        const { charts, byRelease } = stack(name);
        const rendered = [...byRelease].flatMap(([release, objects]) =>
            workloads(objects).map(({ kind, replicas, pod }) => {
                const sum = (key: "cpu" | "memory") =>
                    pod.containers
                        .map(({ resources }) => quantityValue(String(resources?.requests?.[key])) ?? NaN)
                        .reduce((total, request) => total + request, 0);
                return { release, replicas, everyNode: kind === "DaemonSet", cpu: sum("cpu"), memory: sum("memory") };
            }),
        );
        const sorted = (requests: object[]) => requests.map((request) => JSON.stringify(request)).sort();
        expect(sorted(podRequests(charts))).toEqual(
            sorted(
                rendered.map(({ release, replicas, everyNode, cpu, memory }) => ({
                    release,
                    replicas,
                    everyNode,
                    cpu,
                    memory,
                })),
            ),
        );
    });

    test("up checks the permissions for every kind of object in the charts", () => {
        const known = deployedKinds.map(({ group, resource }) => `${group}/${resource}`);
        const objects = ["dev", "prod"].flatMap((name) => stack(name).objects);
        expect(objects.map(resourceOf).filter((kind) => !known.includes(kind))).toEqual([]);
        expect(missingRules(objects)).toEqual([]);
    });

    test("the dev stack requests at most 1 CPU and 2 GiB on one node", () => {
        const requests = workloads(stack("dev").objects)
            .filter(({ kind }) => kind !== "Job")
            .flatMap(({ replicas, pod }) =>
                pod.containers.map(({ resources }) => ({
                    cpu: replicas * (quantityValue(String(resources?.requests?.["cpu"])) ?? NaN),
                    memory: replicas * (quantityValue(String(resources?.requests?.["memory"])) ?? NaN),
                })),
            );
        const sum = (key: "cpu" | "memory") => requests.reduce((total, request) => total + request[key], 0);
        expect(sum("cpu")).toBeLessThanOrEqual(1);
        expect(sum("memory")).toBeLessThanOrEqual(2 * 2 ** 30);
    });

    test("the collector of prod is limited to 4 CPU and 8 GiB", () => {
        const { pod } = workloads(stack("prod").byRelease.get("otel-collector") ?? [])[0] as Workload;
        expect(pod.containers[0]?.resources?.limits).toEqual({ cpu: "4", memory: "8Gi" });
    });

    test("all images come from the configured registry", async () => {
        const { charts } = await evaluateFromMirror("prod", {
            images: { registry: "registry.example.com/mirror", pullSecrets: ["pull"] },
        });
        for (const chart of charts) {
            for (const { name, pod } of workloads(await renderChart(chart))) {
                for (const { image } of [...pod.containers, ...(pod.initContainers ?? [])]) {
                    expect({ name, image }).toMatchObject({
                        image: expect.stringMatching(/^registry\.example\.com\/mirror\/[^:]+:.+/) as string,
                    });
                    expect(image).not.toMatch(/:latest$/);
                }
                expect({ name, secrets: pod["imagePullSecrets"] }).toEqual({ name, secrets: [{ name: "pull" }] });
            }
        }
    });

    test("pods have the configured node selector and tolerations, and DaemonSets run on all nodes", async () => {
        const { charts } = await evaluateFromMirror("prod", {
            nodeSelector: { pool: "observability" },
            tolerations: [{ key: "pool", operator: "Equal", value: "observability", effect: "NoSchedule" }],
        });
        for (const chart of charts) {
            for (const { name, kind, pod } of workloads(await renderChart(chart))) {
                const { nodeSelector, tolerations } = pod;
                expect({ name, nodeSelector, tolerations }).toEqual(
                    kind === "DaemonSet"
                        ? { name, nodeSelector: { "kubernetes.io/os": "linux" }, tolerations: [{ operator: "Exists" }] }
                        : {
                              name,
                              nodeSelector: { pool: "observability" },
                              tolerations: [
                                  { key: "pool", operator: "Equal", value: "observability", effect: "NoSchedule" },
                              ],
                          },
                );
            }
        }
    });

    test("all volumes have the configured StorageClass", async () => {
        const { objects } = await renderStack("prod", { storage: { className: "fast" } });
        const classes = objects.flatMap(({ kind, spec }) => {
            const { volumeClaimTemplates = [], storageClassName } = (spec ?? {}) as Record<string, any>;
            return [
                ...(kind === "PersistentVolumeClaim" ? [storageClassName as string] : []),
                ...volumeClaimTemplates.map((claim: any) => claim.spec.storageClassName as string),
            ];
        });
        expect(classes).toEqual(Array(7).fill("fast"));
    });

    test("Grafana's ingress has the configured host and certificate", async () => {
        const ingress = {
            host: "grafana.example.com",
            tlsSecret: "grafana-tls",
            className: "nginx",
            annotations: { a: "b" },
        };
        const { charts } = await evaluateFromMirror("prod", { grafana: { ingress } });
        const objects = await renderChart(charts.find(({ release }) => release === "lgtm") as LocatedChart);
        const { metadata, spec } = objectOf(objects, "Ingress", "lgtm-grafana");
        expect(metadata.annotations).toEqual({ a: "b" });
        expect(spec.ingressClassName).toBe("nginx");
        expect(spec.rules[0].host).toBe("grafana.example.com");
        expect(spec.tls).toEqual([{ secretName: "grafana-tls", hosts: ["grafana.example.com"] }]);
        expect(objectOf(objects, "ConfigMap", "lgtm-grafana")["data"]["grafana.ini"]).toContain(
            "root_url = https://grafana.example.com",
        );
    });

    test("Grafana's route has the configured host and Gateway", async () => {
        const parents = [{ name: "public", namespace: "gateways", sectionName: "https" }];
        const gateway = { host: "grafana.example.com", parents, annotations: { a: "b" } };
        const { charts } = await evaluateFromMirror("prod", { grafana: { gateway } });
        const objects = await renderChart(charts.find(({ release }) => release === "lgtm") as LocatedChart);
        const { apiVersion, metadata, spec } = objectOf(objects, "HTTPRoute", "lgtm-grafana");
        expect([apiVersion, metadata.annotations]).toEqual(["gateway.networking.k8s.io/v1", { a: "b" }]);
        expect(spec).toMatchObject({
            parentRefs: parents,
            hostnames: ["grafana.example.com"],
            rules: [
                {
                    matches: [{ path: { type: "PathPrefix", value: "/" } }],
                    backendRefs: [{ name: "lgtm-grafana", port: 80 }],
                },
            ],
        });
        expect(objects.filter(({ kind }) => kind === "Ingress")).toEqual([]);
    });

    test("Grafana's configuration has the login with OIDC as it was written, without the client secret", async () => {
        const roleAttributePath = "contains(groups[*], '{{ x }} #1; a') && 'Admin' || 'Viewer'";
        const oidc = { ...everyExistingSecret.grafana.oidc, roleAttributePath, groupsAttributePath: "groups" };
        const grafana = {
            ingress: { host: "grafana.example.com", tlsSecret: "tls" },
            oidc: { ...oidc, allowedGroups: ["a b"] },
        };
        const { charts } = await evaluateFromMirror("prod", { grafana });
        const objects = await renderChart(charts.find(({ release }) => release === "lgtm") as LocatedChart);
        const ini: string = objectOf(objects, "ConfigMap", "lgtm-grafana")["data"]["grafana.ini"];
        const section = (name: string) => ini.split(`[${name}]\n`)[1]?.split("\n[")[0]?.trim().split("\n");
        expect(section("auth.generic_oauth")).toEqual([
            "allow_assign_grafana_admin = false",
            "allow_sign_up = true",
            'allowed_groups = ["a b"]',
            'api_url = """https://login.example.com/userinfo"""',
            'auth_url = """https://login.example.com/authorize"""',
            "auto_login = false",
            'client_id = """grafana"""',
            "enabled = true",
            'groups_attribute_path = """groups"""',
            'name = """Single sign-on"""',
            `role_attribute_path = """${roleAttributePath}"""`,
            "role_attribute_strict = false",
            'scopes = """openid profile email"""',
            'token_url = """https://login.example.com/token"""',
            "use_pkce = true",
        ]);
        expect(section("auth.anonymous")).toEqual(["enabled = false"]);
        expect(section("security")).toEqual([
            "cookie_samesite = lax",
            "cookie_secure = true",
            "strict_transport_security = true",
        ]);
        const [{ pod }] = workloads(objects) as [Workload];
        expect(pod.containers[0]?.["env"]).toContainEqual({
            name: "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET",
            valueFrom: { secretKeyRef: { name: "zq-oidc", key: "client-secret" } },
        });
    });

    test("the Service, the Ingresses and the route for OTLP from outside lead to the ports of the collector", async () => {
        const host = "otlp.example.com";
        const clients = { enabled: true, clients: ["edge"], host };
        const render = async (name: string, external: object) => {
            const { charts } = await evaluateFromMirror(name, { ingestion: { external: { ...clients, ...external } } });
            return renderChart(charts.find(({ release }) => release === "otel-collector") as LocatedChart);
        };
        for (const name of ["dev", "prod"]) {
            const objects = await render(name, { ingress: { className: "nginx" } });
            const [{ labels }] = workloads(objects) as [Workload];
            expect(labels).toMatchObject(objectOf(objects, "Service", "otlp-ingestion")["spec"].selector);
            expect(objects.filter(({ kind }) => kind === "Ingress").map(({ metadata }) => metadata.name)).toEqual([
                "otlp-ingestion",
                "otlp-ingestion-grpc",
            ]);
        }
        const objects = await render("prod", { gateway: { parents: [{ name: "public" }] } });
        expect(objectOf(objects, "HTTPRoute", "otlp-ingestion")["spec"].hostnames).toEqual([host]);
    });

    test("Grafana serves below the path of its URL without a rewrite rule", async () => {
        const settings = { grafana: { rootUrl: "https://example.com/grafana", ingress: { host: "example.com" } } };
        const { charts } = await evaluateFromMirror("prod", settings);
        const objects = await renderChart(charts.find(({ release }) => release === "lgtm") as LocatedChart);
        const [{ path, pathType }] = objectOf(objects, "Ingress", "lgtm-grafana")["spec"].rules[0].http.paths;
        expect({ path, pathType }).toEqual({ path: "/grafana", pathType: "Prefix" });
        const ini = objectOf(objects, "ConfigMap", "lgtm-grafana")["data"]["grafana.ini"];
        expect(ini).toContain("root_url = https://example.com/grafana");
        expect(ini).toContain("serve_from_sub_path = true");
        const [{ pod }] = workloads(objects) as [Workload];
        expect(pod.containers[0]).toMatchObject({
            livenessProbe: { httpGet: { path: "/grafana/healthz", port: "grafana" } },
            readinessProbe: { httpGet: { path: "/grafana/api/health", port: "grafana" } },
        });
    });

    test("only headless Services publish the addresses of replicas that are not ready", () => {
        const published = (name: string) =>
            (objectOf(stack("prod").objects, "Service", name)["spec"].publishNotReadyAddresses ?? false) as boolean;
        expect(["loki-memberlist", "mimir-memberlist", "minio-headless"].map(published)).toEqual([true, true, true]);
        expect(["loki", "mimir", "minio", "tempo", "pyroscope"].map(published)).toEqual(Array(5).fill(false));
    });

    test("MinIO's users have only the permissions that backends need", () => {
        const job = stack("prod").objects.find(({ kind }) => kind === "Job") as Record<string, any>;
        const script = job["spec"].template.spec.containers[0].args[0] as string;
        const actions = [...script.matchAll(/"(s3:[^"]*)"/g)].map(([, action]) => action);
        expect(actions).toEqual([
            "s3:GetBucketLocation",
            "s3:ListBucket",
            "s3:ListBucketMultipartUploads",
            "s3:GetObject",
            "s3:PutObject",
            "s3:DeleteObject",
            "s3:ListMultipartUploadParts",
            "s3:AbortMultipartUpload",
        ]);
    });

    test("all hostPath volumes are read-only, except the positions of the log collector", () => {
        const mounts = workloads(stack("prod").objects).flatMap(({ name, pod }) => {
            const ofNode = new Map<string, string>(
                (pod["volumes"] ?? [])
                    .filter((volume: any) => volume.hostPath !== undefined)
                    .map((volume: any) => [volume.name, volume.hostPath.path]),
            );
            return pod.containers.flatMap((container) =>
                (container["volumeMounts"] ?? [])
                    .filter((mount: any) => ofNode.has(mount.name))
                    .map((mount: any) => [name, ofNode.get(mount.name), mount.readOnly === true]),
            ) as [string, string, boolean][];
        });
        expect(mounts.sort()).toEqual([
            ["lgtm-alloy-logs", "/var/lib/lgtm-alloy-logs", false],
            ["lgtm-alloy-logs", "/var/log", true],
            ["lgtm-alloy-metrics", "/", true],
        ]);
    });

    test("the root of the node is mounted without propagation in dev, where a node can be a container", () => {
        const propagation = (name: string) =>
            workloads(stack(name).byRelease.get("lgtm-alloy-metrics") ?? [])[0]?.pod.containers[0]?.[
                "volumeMounts"
            ].find(({ mountPath }: { mountPath: string }) => mountPath === "/host/root").mountPropagation as unknown;
        expect([propagation("dev"), propagation("prod")]).toEqual([undefined, "HostToContainer"]);
    });

    test("dashboards are mounted as folders, so that a change needs no restart", () => {
        const [grafana] = workloads(stack("prod").byRelease.get("lgtm") ?? []);
        const mounts = (grafana?.pod.containers[0]?.["volumeMounts"] ?? []) as Record<string, string>[];
        const folders = mounts.filter(({ mountPath }) => mountPath?.startsWith("/var/lib/grafana/dashboards/"));
        // The stacks have none of these sources.
        const absent = ["control-plane", "databases", "ebpf", "kafka"];
        const expected = dashboardFolders().filter((folder) => !absent.includes(folder));
        expect(folders.map(({ mountPath }) => path.basename(mountPath as string))).toEqual(expected);
        expect(folders.filter(({ subPath }) => subPath !== undefined)).toEqual([]);
        const volumes = (grafana?.pod["volumes"] ?? []) as { name: string; configMap?: { name: string } }[];
        const mounted = folders.map(({ name }) => volumes.find((volume) => volume.name === name)?.configMap?.name);
        const names = stack("prod").configMaps.map(({ metadata }) => metadata.name);
        expect(mounted).toEqual(names.filter((name) => name.startsWith("grafana-dashboards-")));
    });

    test("probes wait until the write-ahead log is replayed", () => {
        const probes = Object.fromEntries(
            ["loki", "tempo", "mimir"].map((release) => {
                const container = workloads(stack("prod").byRelease.get(release) ?? [])[0]?.pod.containers[0];
                const probe = container?.["startupProbe"] ?? container?.["livenessProbe"];
                return [release, { path: probe.httpGet.path, seconds: probe.failureThreshold * probe.periodSeconds }];
            }),
        );
        expect(probes).toEqual({
            // These paths respond as soon as the server listens.
            loki: { path: "/loki/api/v1/status/buildinfo", seconds: 300 },
            tempo: { path: "/status/version", seconds: 300 },
            mimir: { path: "/ready", seconds: 1200 },
        });
    });

    test("all keys of the values exist in their chart", async () => {
        const gateway = { host: "example.com", parents: [{ name: "public" }] };
        const dev = await evaluateFromMirror("dev", {
            collector: { jaeger: true },
            profiling: { scrape: true },
            grafana: { gateway },
        });
        const prod = await evaluateFromMirror("prod", otherSettings);
        const distributed = await evaluateFromMirror("prod", { mode: { loki: "distributed", mimir: "distributed" } });
        const visited = new Set<string>();
        expect(
            [...dev.charts, ...prod.charts, ...distributed.charts].flatMap((chart) => unknownKeys(chart, visited)),
        ).toEqual([]);
        // All exceptions are in use.
        expect(freeForm.filter((part) => ![...visited].some((path) => part.test(path)))).toEqual([]);
    });

    test("an unknown key is reported at each level", () => {
        const found = (release: string, values: object) =>
            unknownKeys({
                ...(stack("prod").charts.find((chart) => chart.release === release) as LocatedChart),
                values,
            });
        expect(found("loki", { singleBinary: { replica: 3 } })).toEqual(["loki: singleBinary.replica"]);
        // These keys exist in other parts of the chart.
        expect(found("loki", { loki: { livenessProbe: {}, podAnnotation: {} }, replicas: 1 })).toEqual([
            "loki: loki.podAnnotation",
            "loki: replicas",
        ]);
        expect(found("tempo", { tempo: { pullSecret: [] } })).toEqual(["tempo: tempo.pullSecret"]);
        expect(found("mimir", { persistence: { storageClassName: "fast" } })).toEqual([
            "mimir: persistence.storageClassName",
        ]);
    });
});

/** Settings that set values which the default settings do not set. */
const otherSettings = {
    tracing: { samplingMode: "tail" },
    images: { registry: "registry.example.com", pullSecrets: ["pull"] },
    nodeSelector: { pool: "observability" },
    priorityClassNames: { services: "observability", nodeAgents: "system-node-critical" },
    autoscaling: {
        collector: { minReplicas: 2, maxReplicas: 5 },
        receiver: { minReplicas: 2, maxReplicas: 5, targetCPUUtilizationPercentage: 60 },
    },
    storage: { className: "fast" },
    objectStore: {
        kind: "s3",
        endpoint: "https://s3.example.com",
        workloadIdentity: true,
        serviceAccountAnnotations: { role: "r" },
    },
    grafana: {
        rootUrl: "https://example.com/grafana",
        ingress: { host: "example.com", className: "nginx", annotations: { a: "b" }, tlsSecret: "tls" },
        oidc: everyExistingSecret.grafana.oidc,
    },
    ingestion: everyExistingSecret.ingestion,
};

/** Values that charts copy without reading their keys: parts of Kubernetes objects, and configurations of programs. */
const freeForm = [
    /[.:] ?(annotations|podAnnotations|nodeSelector|resources|jobResources|secretsResources|securityContext|containerSecurityContext|podSecurityContext|updateStrategy)$/,
    /^alloy: alloy\.livenessProbe$/,
    /^alloy: controller\.extraAnnotations$/,
    /^loki: (extraObjects|loki\.(analytics|compactor|distributor|ingester|limits_config|rulerConfig|schemaConfig|storage_config\.tsdb_shipper))$/,
    /^loki: gateway\.(lifecycle|livenessProbe)$/,
    /^mimir: (config|alertmanager\.config|objectRuler\.extraArgs|rules\.files)$/,
    /^grafana: (dashboardProviders|dashboardsConfigMaps|datasources|envValueFrom|grafana\.ini)$/,
    /^opentelemetry-collector: (alternateConfig|ports)$/,
    /^pyroscope: pyroscope\.(extraArgs|extraEnvVars|structuredConfig)$/,
    /^tempo: tempo\.(ingester|metricsGenerator\.processor|overrides|queryFrontend|receivers\.otlp|storage\.trace)$/,
];

/** Paths in the values without a default in the chart, that no template reads. */
function unknownKeys({ chart, source, values }: LocatedChart, visited = new Set<string>()): string[] {
    const show = (what: string) =>
        execFileSync("helm", ["show", what, source.chart], { encoding: "utf8", maxBuffer: 2 ** 26 });
    const defaults = load(show("values")) as Record<string, unknown>;
    const templates = source.chart.endsWith(".tgz")
        ? execFileSync("tar", ["--to-stdout", "-xzf", source.chart, "--wildcards", `${chart}/templates/*`], {
              encoding: "utf8",
              maxBuffer: 2 ** 27,
          })
        : "";
    const walk = (node: unknown, known: unknown, path: string[]): string[] => {
        const location = `${chart}: ${path.join(".")}`;
        visited.add(location);
        if (!isMap(node) || freeForm.some((part) => part.test(location))) {
            return [];
        }
        return Object.entries(node).flatMap(([key, value]) => {
            const here = [...path, key];
            if (isMap(known) && key in known) {
                return walk(value, known[key], here);
            }
            // Templates of Pyroscope read its section from the variable $values.
            const read = `(?:\\b${escape(path.at(-1) ?? "Values")}|\\$values)\\.${escape(key)}\\b`;
            return new RegExp(read).test(templates) ? walk(value, {}, here) : [`${chart}: ${here.join(".")}`];
        });
    };
    return walk(values, defaults, []);
}

function escape(text: string): string {
    return text.replace(/\W/g, "\\$&");
}

function isMap(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

import { load } from "js-yaml";
import { alertmanagerConfig, receiverSecrets } from "../components/mimir/alertmanager";
import { resolveSettings } from "../settings/resolve";
import { warnings } from "../settings/warnings";
import { describeWith } from "./helpers/prerequisites";
import { objectOf, renderStack, workloads } from "./helpers/rendered";
import type { ReceiverArgs } from "../components/mimir/args";
import { testMistakes } from "./helpers/mistakes";

const slo = { service: "mentor-api", kind: "availability", objective: 0.999, window: "7d" };
const receivers = [
    { name: "hook", kind: "webhook", url: "https://example.com/alerts" },
    { name: "chat", kind: "slack", existingSecret: "slack", channel: "#alerts" },
    { name: "pager", kind: "pagerduty", existingSecret: "pager" },
    { name: "mail", kind: "email", to: "a@example.com", from: "b@example.com", smarthost: "mail.example.com:587" },
    { name: "oncall", kind: "oncall", existingSecret: "oncall", secretKey: "address" },
] as const;

describe("the settings reject", () => {
    testMistakes("%s", [
        [
            "an objective of 1",
            { slos: [{ ...slo, objective: 1 }] },
            ["slos[0].objective is 1; it must be a number greater than 0 and less than 1, such as 0.999."],
        ],
        [
            "a window that exceeds the retention of metrics",
            { slos: [{ ...slo, window: "30d" }] },
            [
                'slos[0].window is "30d"; it must be at most retention.metrics, which is "7d", because older data is deleted.',
            ],
        ],
        [
            "a missing or unnecessary thresholdMs",
            {
                slos: [
                    { ...slo, kind: "latency" },
                    { ...slo, thresholdMs: 300 },
                ],
            },
            [
                'slos[0].thresholdMs is missing; kind "latency" needs the maximum duration of a good request in milliseconds.',
                'slos[1].thresholdMs has no effect with kind "availability"; remove it, or set kind to "latency".',
            ],
        ],
        [
            "two SLOs with the same name",
            { slos: [slo, slo] },
            ['slos[0] and slos[1] have the same name "mentor-api-availability"; set a different name for one of them.'],
        ],
        [
            "a service name with quotes",
            { slos: [{ ...slo, service: 'a"} or {x="' }] },
            ['slos[0].service is "a\\"} or {x=\\""; it must be the name of a service.'],
        ],
        [
            "unknown groups and thresholds",
            {
                alerts: {
                    disabledGroups: ["dapper"],
                    thresholds: { NoSuchAlert: 1, Watchdog: 1, MinioClusterOutOfSpace: 5 },
                },
            },
            [
                expect.stringMatching(/^alerts\.disabledGroups\[0\] is "dapper"; it must be one of .*"dapr"/) as string,
                "alerts.thresholds.NoSuchAlert is not an alert of this stack.",
                "alerts.thresholds.Watchdog is an alert without an adjustable threshold; docs/alerts.md lists the thresholds.",
                "alerts.thresholds.MinioClusterOutOfSpace is 5; it must be a ratio of free space, from 0 to 1.",
            ],
        ],
        [
            "the former name of an alert as a threshold",
            { alerts: { thresholds: { NodeDiskFilling: 0.2 } } },
            [
                "alerts.thresholds.NodeDiskFilling is the former name of the alert NodeFilesystemAlmostOutOfSpace; use the new name.",
            ],
        ],
        [
            "a ratio above 1",
            { alerts: { thresholds: { MinioClusterOutOfSpace: 5 } } },
            ["alerts.thresholds.MinioClusterOutOfSpace is 5; it must be a ratio of free space, from 0 to 1."],
        ],
        [
            "receivers without their Secret",
            {
                alerting: {
                    receivers: [
                        { name: "a", kind: "slack" },
                        { name: "b", kind: "webhook" },
                        { name: "c", kind: "email", to: "a@b", from: "a@b", smarthost: "m:25", username: "u" },
                    ],
                },
            },
            [
                'alerting.receivers[0].existingSecret is missing; kind "slack" needs existingSecret: the name of a Secret with the webhook URL in the key "url".',
                "alerting.receivers[1].url is missing; a webhook needs its URL, or existingSecret if the URL is confidential.",
                'alerting.receivers[2].existingSecret is missing; username is set, and a login needs existingSecret: the name of a Secret with the password of the mail server in the key "password".',
            ],
        ],
        [
            "receivers with keys of other kinds, and with the same name",
            {
                alerting: {
                    receivers: [
                        { name: "a", kind: "pagerduty", existingSecret: "s", channel: "#x" },
                        { name: "a", kind: "webhook", url: "https://x.example.com", secretKey: "k" },
                    ],
                },
            },
            [
                'alerting.receivers[0].channel has no effect with kind "pagerduty"; remove it.',
                "alerting.receivers[1].secretKey has no effect without existingSecret.",
                'alerting.receivers[0] and alerting.receivers[1] have the same name "a"; each receiver needs a different name.',
            ],
        ],
        [
            "an unknown severity",
            { alerting: { receivers, routes: [{ receiver: "chat", severities: ["fatal"] }] } },
            ['alerting.routes[0].severities[0] is "fatal"; it must be one of "critical", "warning", "info".'],
        ],
        [
            "a route and a heartbeat with unknown receivers",
            { alerting: { receivers: [receivers[0]], routes: [{ receiver: "chat" }], heartbeatReceiver: "nobody" } },
            [
                'alerting.routes[0].receiver is "chat"; it must be the name of a receiver: "hook".',
                'alerting.heartbeatReceiver is "nobody"; it must be the name of a receiver: "hook".',
            ],
        ],
        [
            "settings that need a disabled group of rules",
            {
                slos: [{ service: "shop", kind: "availability", objective: 0.99, window: "7d" }],
                alerts: { disabledGroups: ["slos", "watchdog"] },
                alerting: { receivers, heartbeatReceiver: "hook" },
            },
            [
                "slos has no effect, because alerts.disabledGroups disables the rule group slos.",
                "alerting.heartbeatReceiver has no effect, because alerts.disabledGroups disables the rule group watchdog.",
            ],
        ],
        [
            "a route with empty matchers",
            { alerting: { receivers, routes: [{ receiver: "chat", severities: [], namespaces: [] }] } },
            [
                "alerting.routes[0].severities is []; it must be a list of severities that is not empty.",
                "alerting.routes[0].namespaces is []; it must be a list of namespaces that is not empty.",
            ],
        ],
    ]);
});

test("a stack without complete receivers and routes gets warnings", () => {
    const alertingWarnings = (raw: object) =>
        warnings(resolveSettings(raw)).filter((warning) => warning.includes("alerting."));
    expect(alertingWarnings({ profile: "prod" })).toEqual([expect.stringMatching(/^alerting\.receivers is empty/)]);
    expect(alertingWarnings({ alerting: { receivers } })).toEqual([
        expect.stringMatching(/^neither alerting\.routes nor/),
        expect.stringMatching(/^alerting\.heartbeatReceiver is not set/),
    ]);
    const alerting = { receivers, defaultReceiver: "chat", heartbeatReceiver: "hook" };
    expect(alertingWarnings({ alerting })).toEqual([]);
});

describe("the configuration of the Alertmanager", () => {
    const config = alertmanagerConfig({
        receivers: receivers as unknown as ReceiverArgs[],
        routes: [
            { receiver: "pager", severities: ["critical", "warning"], namespaces: ["a", "b"], labels: { team: 'x"y' } },
        ],
        heartbeatReceiver: "hook",
        defaultReceiver: "chat",
    });
    const receiverNamed = (name: string) =>
        config["receivers"].find((receiver: { name: string }) => receiver.name === name);

    test("routes the heartbeat first, then by the routes, and other alerts to the default receiver", () => {
        expect(config["route"]).toMatchObject({
            receiver: "chat",
            group_by: ["alertname", "cluster", "namespace"],
            routes: [
                {
                    receiver: "hook",
                    matchers: ['alertname="Watchdog"'],
                    group_wait: "0s",
                    group_interval: "1m",
                    repeat_interval: "1s",
                },
                {
                    receiver: "pager",
                    matchers: ['severity=~"critical|warning"', 'namespace=~"a|b"', 'team="x\\"y"'],
                    continue: false,
                },
            ],
        });
    });

    test("has an empty receiver if none is configured", () => {
        const { route, receivers: configured } = alertmanagerConfig({});
        expect([route.receiver, route.routes[0].receiver]).toEqual(["none", "none"]);
        expect(configured).toEqual([{ name: "none" }]);
    });

    test("inhibits alerts of lower severity, but never the heartbeat", () => {
        expect(config["inhibit_rules"]).toEqual([
            {
                source_matchers: ['severity="critical"'],
                target_matchers: ['severity=~"warning|info"', 'alertname!="Watchdog"'],
                equal: expect.arrayContaining(["cluster", "namespace", "job", "persistentvolumeclaim", "slo"]),
            },
        ]);
    });

    test("reads secrets from files", () => {
        const directory = "/etc/alertmanager-secrets";
        expect(receiverNamed("hook").webhook_configs).toEqual([
            { send_resolved: true, url: "https://example.com/alerts" },
        ]);
        expect(receiverNamed("chat").slack_configs[0]).toMatchObject({
            api_url_file: `${directory}/slack/url`,
            channel: "#alerts",
        });
        expect(receiverNamed("pager").pagerduty_configs[0]).toMatchObject({
            routing_key_file: `${directory}/pager/routing-key`,
        });
        expect(receiverNamed("oncall").webhook_configs[0]).toMatchObject({ url_file: `${directory}/oncall/address` });
        expect(receiverNamed("mail").email_configs[0]).not.toHaveProperty("auth_password_file");
        expect(receiverSecrets({ receivers: receivers as unknown as ReceiverArgs[] })).toEqual([
            { name: "slack", keys: ["url"] },
            { name: "pager", keys: ["routing-key"] },
            { name: "oncall", keys: ["address"] },
        ]);
    });
});

describeWith({ programs: ["helm"], mirror: true }, "rules and receivers in the charts", () => {
    const settings = { alerting: { receivers, defaultReceiver: "chat" }, tenant: "acme" };
    const podOf = async (raw: object, name: string) =>
        workloads((await renderStack("dev", raw)).objects).find((workload) => workload.name === name)?.pod;

    test("are mounted in the tenant folders of the rulers and the Alertmanager", async () => {
        const { objects } = await renderStack("dev", settings);
        const config = (name: string, key: string) =>
            load(objectOf(objects, "ConfigMap", name)["data"][key]) as Record<string, any>;
        const mounts = (name: string) =>
            workloads(objects).find((workload) => workload.name === name)?.pod.containers[0]?.[
                "volumeMounts"
            ] as object[];
        expect(config("mimir", "mimir.yaml")).toMatchObject({
            ruler_storage: { backend: "local", local: { directory: "/rules" } },
            alertmanager_storage: { backend: "local", local: { path: "/alertmanager" } },
            ruler: { alertmanager_url: "http://mimir.monitoring.svc.cluster.local:9009/alertmanager" },
        });
        expect(mounts("mimir")).toEqual(
            expect.arrayContaining([
                { name: "rules", mountPath: "/rules/acme" },
                { name: "alertmanager", mountPath: "/alertmanager", readOnly: true },
            ]),
        );
        expect(config("mimir-alertmanager", "acme.yaml")["route"].receiver).toBe("chat");
        expect(config("mimir-rules", "watchdog.yaml")["groups"][0].rules[0].expr).toBe("vector(1)");
        expect(config("loki", "config.yaml")["ruler"]).toMatchObject({
            storage: { type: "local", local: { directory: "/etc/loki/rules" } },
            alertmanager_url: "http://mimir.monitoring.svc.cluster.local:9009/alertmanager",
            remote_write: { clients: { mimir: { url: "http://mimir.monitoring.svc.cluster.local:9009/api/v1/push" } } },
        });
        expect(mounts("loki")).toContainEqual({ name: "rules", mountPath: "/etc/loki/rules/acme" });
        // Helm must not evaluate the templates of alerts.
        expect(objectOf(objects, "ConfigMap", "loki-rules")["data"]["logs.yaml"]).toContain(
            "{{ $labels.service_name }}",
        );
    });

    test("are mounted with optional Secrets in a container of their own", async () => {
        const pod = await podOf(settings, "mimir");
        const mountsOf = (container: object | undefined) =>
            ((container as Record<string, any>)["volumeMounts"] as { mountPath: string }[]).map(
                ({ mountPath }) => mountPath,
            );
        expect(mountsOf(pod?.containers[0]).filter((mountPath) => mountPath.includes("secret"))).toEqual([]);
        expect(pod?.containers[1]).toMatchObject({
            name: "alertmanager-secrets",
            image: expect.stringMatching(/^docker\.io\/nginxinc\/nginx-unprivileged:/) as string,
            securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
        });
        expect(mountsOf(pod?.containers[1])).toEqual([
            "/alertmanager-template",
            "/alertmanager",
            "/etc/alertmanager-secrets/slack",
            "/etc/alertmanager-secrets/pager",
            "/etc/alertmanager-secrets/oncall",
        ]);
        const written = (pod?.["volumes"] as Record<string, any>[]).find(({ name }) => name === "alertmanager");
        expect(written).toMatchObject({ emptyDir: { medium: "Memory" } });
        const secrets = (pod?.["volumes"] as Record<string, any>[]).flatMap(({ secret }) => secret ?? []);
        expect(secrets).toEqual(
            [
                ["slack", "url"],
                ["pager", "routing-key"],
                ["oncall", "address"],
            ].map(([secretName, key]) => ({
                secretName,
                optional: true,
                defaultMode: 0o440,
                items: [{ key, path: key }],
            })),
        );
    });

    test("need no second container without a Secret", async () => {
        const pod = await podOf({ alerting: { receivers: [receivers[0]], defaultReceiver: "hook" } }, "mimir");
        expect(pod?.containers.map(({ name }) => name)).toEqual(["mimir"]);
    });

    test("use the registry of the images for the second container", async () => {
        const pod = await podOf({ ...settings, images: { registry: "registry.example.com" } }, "mimir");
        expect(pod?.containers[1]?.["image"]).toMatch(/^registry\.example\.com\/nginxinc\/nginx-unprivileged:/);
    });

    test("have a replication factor of the Alertmanager with which it sends more than its first notification", async () => {
        const config = async (stack: string) =>
            load(objectOf((await renderStack(stack, settings)).objects, "ConfigMap", "mimir")["data"]["mimir.yaml"]);
        expect(await config("dev")).toMatchObject({ alertmanager: { sharding_ring: { replication_factor: 2 } } });
        expect(await config("prod")).toMatchObject({ alertmanager: { sharding_ring: { replication_factor: 3 } } });
    });

    test.each(["mimir", "loki"])("change without a restart of %s", async (name) => {
        const changed = {
            alerts: { thresholds: { MinioClusterOutOfSpace: 0.1, ServiceLogErrorsHigh: 20 } },
            alerting: { groupWait: "9s" },
        };
        expect(await podOf(changed, name)).toEqual(await podOf({}, name));
    });
});

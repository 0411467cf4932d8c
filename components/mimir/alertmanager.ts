import type { HelmValues } from "../helm/values";

import { type AlertmanagerArgs, type ReceiverArgs, ReceiverKind, type RouteArgs } from "./args";

/** Where in Mimir the Alertmanager answers. */
export const alertmanagerPath = "/alertmanager";

/** Where the keys of a Secret are in Mimir's container. */
export const secretsDirectory = "/etc/alertmanager-secrets";

/** The receiver that tells nobody. */
export const nobody = "nobody";
const defaultKey = { webhook: "url", slack: "url", oncall: "url", pagerduty: "routing-key", email: "password" };

/** The keys that receivers need, by the Secret that they are in. */
export function receiverSecrets({ receivers = [] }: AlertmanagerArgs): { name: string; keys: string[] }[] {
    const keys = new Map<string, Set<string>>();
    for (const receiver of receivers) {
        if (receiver.existingSecret !== undefined) {
            keys.set(receiver.existingSecret, (keys.get(receiver.existingSecret) ?? new Set()).add(keyOf(receiver)));
        }
    }
    return [...keys].map(([name, found]) => ({ name, keys: [...found].sort() }));
}

/** The Alertmanager's configuration. Of secrets it has only the files that they are in. */
export function alertmanagerConfig(args: AlertmanagerArgs): HelmValues {
    const heartbeatInterval = args.heartbeatInterval ?? "1m";
    return {
        route: {
            receiver: args.defaultReceiver ?? nobody,
            group_by: ["alertname", "cluster", "namespace"],
            group_wait: args.groupWait ?? "30s",
            group_interval: args.groupInterval ?? "5m",
            repeat_interval: args.repeatInterval ?? "4h",
            routes: [
                {
                    receiver: args.heartbeatReceiver ?? nobody,
                    matchers: ['alertname="Watchdog"'],
                    group_wait: "0s",
                    group_interval: heartbeatInterval,
                    // Were it the same, every second beat would come a moment too early and be left out.
                    repeat_interval: "1s",
                },
                ...(args.routes ?? []).map((route) => ({
                    receiver: route.receiver,
                    matchers: matchers(route),
                    continue: route.continue ?? false,
                })),
            ],
        },
        inhibit_rules: [
            {
                source_matchers: ['severity="critical"'],
                target_matchers: ['severity=~"warning|info"', 'alertname!="Watchdog"'],
                // What both lack is equal, too: so these are all that tell what an alert is about.
                equal: subject,
            },
        ],
        receivers: [{ name: nobody }, ...(args.receivers ?? []).map(receiver)],
    };
}

const subject = [
    "cluster",
    "namespace",
    "node",
    "job",
    "pod",
    "container",
    "persistentvolumeclaim",
    "mountpoint",
    "service",
    "service_name",
    "slo",
    "app_id",
    "component",
    "signal",
    "data_type",
    "name",
    "route",
    "reason",
    "integration",
    "rule_group",
    "user",
    "tenant",
    "topic",
    "target",
    "policy",
    "health_type",
    "device",
];

function matchers({ severities, namespaces, labels = {} }: RouteArgs): string[] {
    const oneOf = (label: string, values: string[] | undefined) =>
        values === undefined ? [] : [`${label}=~${JSON.stringify(values.join("|"))}`];
    return [
        ...oneOf("severity", severities),
        ...oneOf("namespace", namespaces),
        ...Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`),
    ];
}

function receiver(args: ReceiverArgs): HelmValues {
    return { name: args.name, ...integrations[args.kind](args, { send_resolved: args.sendResolved ?? true }) };
}

const title = "[{{ .Status | toUpper }}] {{ .CommonLabels.severity }} {{ .CommonLabels.alertname }}";
const text =
    "{{ range .Alerts }}{{ .Annotations.summary }}{{ with .Annotations.runbook_url }} (<{{ . }}|runbook>){{ end }}\n{{ end }}";

const integrations: Record<ReceiverKind, (args: ReceiverArgs, common: HelmValues) => HelmValues> = {
    webhook: (args, common) => ({
        webhook_configs: [
            { ...common, ...(args.existingSecret === undefined ? { url: args.url } : { url_file: secretFile(args) }) },
        ],
    }),
    oncall: (args, common) => ({
        // More than that, OnCall refuses.
        webhook_configs: [{ ...common, url_file: secretFile(args), max_alerts: 100 }],
    }),
    slack: (args, common) => ({
        slack_configs: [{ ...common, api_url_file: secretFile(args), channel: args.channel, title, text }],
    }),
    pagerduty: (args, common) => ({
        pagerduty_configs: [
            {
                ...common,
                routing_key_file: secretFile(args),
                description: "{{ (index .Alerts 0).Annotations.summary }}",
                severity: '{{ or .CommonLabels.severity "error" }}',
            },
        ],
    }),
    email: (args, common) => ({
        email_configs: [
            {
                ...common,
                to: args.to,
                from: args.from,
                smarthost: args.smarthost,
                ...(args.existingSecret !== undefined && {
                    auth_username: args.username,
                    auth_password_file: secretFile(args),
                }),
            },
        ],
    }),
};

function keyOf({ kind, secretKey }: ReceiverArgs): string {
    return secretKey ?? defaultKey[kind];
}

function secretFile(args: ReceiverArgs): string {
    return `${secretsDirectory}/${args.existingSecret}/${keyOf(args)}`;
}

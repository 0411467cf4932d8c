import type { HelmValues } from "../helm/values";
import { type AlertmanagerArgs, type ReceiverArgs, ReceiverKind, type RouteArgs } from "./args";

/** Path of the Alertmanager in Mimir. */
export const alertmanagerPath = "/alertmanager";

/** Folder with the Secrets of receivers, in the container that inserts them into the configuration. */
export const secretsDirectory = "/etc/alertmanager-secrets";

/** Name of the receiver without an integration, which sends no notifications. */
export const nullReceiver = "none";

/** The key in the Secret of each kind of receiver, if `secretKey` is not set. */
export const defaultSecretKey = {
    webhook: "url",
    slack: "url",
    oncall: "url",
    pagerduty: "routing-key",
    email: "password",
};

/** The Secrets that receivers use, with the keys that they need. */
export function receiverSecrets({ receivers = [] }: AlertmanagerArgs): { name: string; keys: string[] }[] {
    const keys = new Map<string, Set<string>>();
    for (const receiver of receivers) {
        if (receiver.existingSecret !== undefined) {
            keys.set(receiver.existingSecret, (keys.get(receiver.existingSecret) ?? new Set()).add(keyOf(receiver)));
        }
    }
    return [...keys].map(([name, found]) => ({ name, keys: [...found].sort() }));
}

/**
 * The configuration of the Alertmanager. It contains the paths of secret files, not the secrets. Mimir refuses such paths, so a second container of the
 * chart replaces them with the content of the files.
 */
export function alertmanagerConfig(args: AlertmanagerArgs): HelmValues {
    const heartbeatInterval = args.heartbeatInterval ?? "1m";
    return {
        route: {
            receiver: args.defaultReceiver ?? nullReceiver,
            group_by: ["alertname", "cluster", "namespace"],
            group_wait: args.groupWait ?? "30s",
            group_interval: args.groupInterval ?? "5m",
            repeat_interval: args.repeatInterval ?? "4h",
            routes: [
                {
                    receiver: args.heartbeatReceiver ?? nullReceiver,
                    matchers: ['alertname="Watchdog"'],
                    group_wait: "0s",
                    group_interval: heartbeatInterval,
                    // Less than group_interval. With equal intervals, Alertmanager would skip every second notification.
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
                // A label that both alerts lack counts as equal. So this list has all labels that identify the subject of an alert.
                equal: subjectLabels,
            },
        ],
        receivers: [{ name: nullReceiver }, ...(args.receivers ?? []).map(receiver)],
    };
}

const subjectLabels = [
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
/** The annotations of alerts that are URLs, with their titles. */
const links = { runbook: "runbook_url", dashboard: "dashboard_url", logs: "logs_url", traces: "traces_url" };
const slackLinks = Object.entries(links).map(
    ([name, annotation]) => `{{ with .Annotations.${annotation} }} <{{ . }}|${name}>{{ end }}`,
);
const text = `{{ range .Alerts }}{{ .Annotations.summary }}${slackLinks.join("")}\n{{ end }}`;

const integrations: Record<ReceiverKind, (args: ReceiverArgs, common: HelmValues) => HelmValues> = {
    webhook: (args, common) => ({
        webhook_configs: [
            { ...common, ...(args.existingSecret === undefined ? { url: args.url } : { url_file: secretFile(args) }) },
        ],
    }),
    oncall: (args, common) => ({
        // The limit of OnCall.
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
                // The links of the first alert. PagerDuty rejects a link without a URL, but not an empty detail.
                details: Object.fromEntries(
                    Object.entries(links).map(([name, annotation]) => [
                        name,
                        `{{ (index .Alerts 0).Annotations.${annotation} }}`,
                    ]),
                ),
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
    return secretKey ?? defaultSecretKey[kind];
}

function secretFile(args: ReceiverArgs): string {
    return `${secretsDirectory}/${args.existingSecret}/${keyOf(args)}`;
}

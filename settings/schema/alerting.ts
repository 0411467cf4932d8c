import { z } from "zod";
import { ReceiverKind } from "../../components/mimir/args";
import { nullReceiver } from "../../components/mimir/alertmanager";
import { knownAlerts, knownGroups } from "../../rules";
import { severities, SloKind } from "../../rules/define";
import { isUrl, urlForm } from "../../validation/urls";
import { group, setting } from "./setting";
import {
    boolean,
    duration,
    label,
    listOf,
    nonEmpty,
    number,
    oneOf,
    quotable,
    someOf,
    strict,
    subdomain,
    text,
    wholeNumber,
} from "./types";

const objectiveForm = (value: unknown) =>
    `a number greater than 0 and less than 1, such as 0.999${Number(value) > 1 ? " for 99.9 %" : ""}`;

const slo = strict({
    name: setting(quotable("a name").optional(), {
        description: "Name of the SLO.",
        computed: "the service and the kind, joined with a hyphen",
        example: "checkout",
    }),
    service: setting(quotable("the name of a service"), {
        description: "Name of the service in its spans (service.name).",
        example: "shop",
    }),
    namespace: setting(label().optional(), {
        description: "Namespace of the service.",
        computed: "every namespace, each measured separately",
        example: "mathtrail",
    }),
    kind: setting(oneOf(SloKind.Availability, SloKind.Latency), {
        description:
            'Good requests. "availability": requests whose span does not have the status error. "latency": requests that take at most thresholdMs.',
        type: "SloKind",
        example: "availability",
    }),
    objective: setting(
        number(objectiveForm, (value) => value > 0 && value < 1),
        { description: "Required ratio of good requests. It must be greater than 0 and less than 1.", example: 0.999 },
    ),
    window: setting(duration({ minimum: "1d", example: "30d", reason: "an error budget needs at least a day" }), {
        description: "Time over which the objective is measured, from 1d to retention.metrics.",
        example: "7d",
    }),
    thresholdMs: setting(
        wholeNumber(
            "a whole number of milliseconds from 1 to 60000",
            (value) => value >= 1 && value <= 60_000,
        ).optional(),
        {
            description: "Longest duration of a good request, in milliseconds. Required with kind latency.",
            computed: "none",
            example: 300,
            needs: { kind: "latency" },
        },
    ),
});

export const slos = setting(listOf(slo, "SLOs").default([]), {
    description:
        "Service level objectives (SLOs). Each one adds recording rules, burn-rate alerts and a row in the SLO dashboard. They are measured with the server and consumer spans of the service. With head sampling, the values are estimates, because only sampled requests have spans.",
    type: "SloArgs[]",
    interface: "SloArgs",
    example: [{ service: "shop", kind: "availability", objective: 0.999, window: "7d" }],
});

const thresholds = () => {
    const [first] = knownAlerts().filter(({ threshold }) => threshold !== undefined);
    return setting(
        z
            .record(
                z.string(),
                number("a number greater than 0", (value) => value > 0),
                { error: "a map of numbers" },
            )
            .default({}),
        {
            description: "Thresholds by alert name. They replace the default thresholds in docs/alerts.md.",
            example: { [first?.alert ?? ""]: 0.5 },
        },
    );
};

export const alerts = () =>
    group(
        {
            disabledGroups: setting(listOf(oneOf(...knownGroups()), "groups of rules").default([]), {
                description:
                    "Groups of rules that are not deployed. docs/alerts.md lists the groups with alerts. The group usage has only recording rules.",
                example: ["dapr"],
            }),
            thresholds: thresholds(),
            runbookUrl: setting(text(urlForm("https://wiki.example.com/runbooks"), isUrl).optional(), {
                description:
                    "URL of the folder that contains the runbooks. Each alert links to the page GROUP.md in this folder.",
                computed: "docs/runbooks of this project",
                example: "https://wiki.example.com/runbooks",
            }),
        },
        { description: "Alerting rules.", interface: "AlertsArgs" },
    );

const receiver = strict({
    name: setting(
        text(
            `a string that is not empty, other than "${nullReceiver}", which is the name of the receiver without notifications`,
            (value) => value.trim() !== "" && value !== nullReceiver,
        ),
        { description: "Name of the receiver. Routes refer to it.", example: "chat" },
    ),
    kind: setting(oneOf(...Object.values(ReceiverKind)), {
        description:
            '"webhook", "slack", "pagerduty", "email", or "oncall" (Grafana OnCall or IRM, through the webhook of its Alertmanager integration).',
        type: "ReceiverKind",
        example: "slack",
    }),
    url: setting(text(urlForm("https://hooks.example.com/alerts"), isUrl).optional(), {
        description: "webhook: the URL, if it is not secret. Otherwise use existingSecret.",
        computed: "none",
        example: "https://hooks.example.com/alerts",
        needs: { kind: "webhook" },
    }),
    existingSecret: setting(subdomain().optional(), {
        description:
            "Name of a Secret with the credentials: the URL for webhook, slack and oncall, the routing key for pagerduty, or the password of the mail server for email.",
        computed: "none",
        example: "slack",
    }),
    secretKey: setting(
        text("a key of a Secret: letters, digits, '-', '_' and '.'", (value) => /^[-.\w]+$/.test(value)).optional(),
        {
            description: "Key of the credentials in existingSecret.",
            computed: "url; for pagerduty routing-key; for email password",
            example: "webhook-url",
        },
    ),
    channel: setting(text('a channel such as "#alerts"').optional(), {
        description: "slack: name of the channel.",
        computed: "the channel of the webhook",
        example: "#alerts",
    }),
    to: setting(text("addresses, with commas between").optional(), {
        description: "email: addresses of the recipients, separated by commas.",
        computed: "none",
        example: "oncall@example.com",
        needs: { kind: "email", from: "alerts@example.com", smarthost: "mail.example.com:587" },
    }),
    from: setting(text("an address").optional(), {
        description: "email: address of the sender.",
        computed: "none",
        example: "alerts@example.com",
        needs: { kind: "email", to: "oncall@example.com", smarthost: "mail.example.com:587" },
    }),
    smarthost: setting(
        text('a host and a port such as "mail.example.com:587"', (value) => /^[^:/\s]+:\d+$/.test(value)).optional(),
        {
            description: "email: mail server and port.",
            computed: "none",
            example: "mail.example.com:587",
            needs: { kind: "email", to: "oncall@example.com", from: "alerts@example.com" },
        },
    ),
    username: setting(text("a user name").optional(), {
        description: "email: user name for the mail server.",
        computed: "none: no login",
        example: "alerts",
        needs: {
            kind: "email",
            to: "oncall@example.com",
            from: "alerts@example.com",
            smarthost: "mail.example.com:587",
            existingSecret: "mail",
        },
    }),
    sendResolved: setting(boolean().default(true), {
        description: "Whether the receiver is also notified when an alert is resolved.",
        example: false,
    }),
});

const route = strict({
    receiver: setting(text("the name of a receiver"), { description: "Name of the receiver.", example: "chat" }),
    severities: setting(someOf(oneOf(...severities), "severities").optional(), {
        description: `Severities that match: ${severities.join(", ")}.`,
        computed: "any",
        example: ["critical"],
    }),
    namespaces: setting(someOf(label(), "namespaces").optional(), {
        description: "Namespaces that match.",
        computed: "any",
        example: ["mathtrail"],
    }),
    labels: setting(
        z
            .record(
                text("the name of a label: letters, digits and '_'", (value) => /^[a-zA-Z_]\w*$/.test(value)),
                nonEmpty(),
                { error: "a map of strings" },
            )
            .optional(),
        {
            description: "Other labels that must match, with their values.",
            computed: "none",
            example: { team: "learning" },
        },
    ),
    continue: setting(boolean().default(false), {
        description: "Whether later routes are evaluated too if this route matches.",
        example: true,
    }),
});

/** A receiver that the examples of routes need. */
const receiverNamed = (name: string) => ({
    alerting: { receivers: [{ name, kind: "slack", existingSecret: "slack" }] },
});

const receiverName = (description: string, example = "chat") =>
    setting(text("the name of a receiver").optional(), {
        description,
        computed: "none",
        example,
        needs: receiverNamed(example),
    });

export const alerting = group(
    {
        receivers: setting(listOf(receiver, "receivers").default([]), {
            description: "Receivers of notifications.",
            type: "ReceiverArgs[]",
            example: [{ name: "chat", kind: "slack", existingSecret: "slack", channel: "#alerts" }],
        }),
        routes: setting(listOf(route, "routes").default([]), {
            description:
                "Routes from alerts to receivers. The first matching route handles an alert. If it has continue: true, later routes are evaluated too.",
            type: "RouteArgs[]",
            example: [{ receiver: "chat", severities: ["critical"] }],
            needs: receiverNamed("chat"),
        }),
        defaultReceiver: receiverName(
            "Receiver of alerts that match no route. Without it, Grafana shows these alerts, but no notification is sent.",
        ),
        heartbeatReceiver: receiverName(
            "Receiver of the alert Watchdog, which always fires. This receiver must raise an alarm if notifications stop.",
            "heartbeat",
        ),
        heartbeatInterval: setting(
            duration({
                minimum: "15s",
                example: "1m",
                reason: "the rules of the heartbeat are evaluated every 15 seconds",
            }).default("1m"),
            { description: "Interval between two notifications of heartbeatReceiver.", example: "5m" },
        ),
        groupWait: setting(duration({ minimum: "0s", example: "30s", reason: "0s notifies at once" }).default("30s"), {
            description:
                "How long the Alertmanager waits for more alerts of a group before it sends the first notification.",
            example: "1m",
        }),
        groupInterval: setting(
            duration({
                minimum: "10s",
                example: "5m",
                reason: "Alertmanager batches the changes of a group",
            }).default("5m"),
            {
                description: "Minimum time between two notifications about a group, if its alerts have changed.",
                example: "10m",
            },
        ),
        repeatInterval: setting(
            duration({
                minimum: "1m",
                example: "4h",
                reason: "a shorter interval repeats the same notification without need",
            }).default("4h"),
            {
                description: "Time after which the Alertmanager repeats a notification while the alert still fires.",
                example: "12h",
            },
        ),
    },
    {
        description: "Routing of alerts to receivers. Grafana shows and silences alerts even without receivers.",
        type: "AlertmanagerArgs",
    },
);

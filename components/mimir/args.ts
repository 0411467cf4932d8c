import type { BucketConnection } from "../object-store/connection";
import type { ChartArgs } from "../helm/args";

export interface MimirArgs extends ChartArgs {
    /** Where blocks, rules and alerts are kept. */
    bucket: BucketConnection;
    /** Default 1. */
    replicas?: number;
    /** Replicas that hold each series; odd, and at most `replicas`. Default: the replicas, but no more than 3. */
    replicationFactor?: number;
    /** Ask every writer and reader for a tenant, in the header X-Scope-OrgID. Default false. */
    multitenancy?: boolean;
    /** How long samples are kept, such as "30d"; at least 24h. Default "30d". */
    retention?: string;
    /** Size of each replica's volume, for the newest samples and the compactor. Default: the chart's 10Gi. */
    size?: string;
    /** Class of the volumes. Default: the cluster's own. */
    storageClass?: string;
    /** Rule files for the ruler, by name, in Prometheus' format. Default: none but those that are sent to its API. */
    rules?: { [file: string]: string };
    /** The tenant whose rules and receivers these are. Default: the only one that there is without multitenancy. */
    tenant?: string;
    /** Run an Alertmanager, and send it what the rules find. Default: none. */
    alertmanager?: AlertmanagerArgs;
}

/** How a receiver is reached. */
export const ReceiverKind = {
    Webhook: "webhook",
    Slack: "slack",
    PagerDuty: "pagerduty",
    Email: "email",
    /** Grafana OnCall or IRM, by the webhook of its Alertmanager integration. */
    OnCall: "oncall",
} as const;
export type ReceiverKind = (typeof ReceiverKind)[keyof typeof ReceiverKind];

/** Somebody who is told of alerts. */
export interface ReceiverArgs {
    name: string;
    kind: ReceiverKind;
    /** Webhook: its address, where that is no secret. */
    url?: string;
    /**
     * A Secret of the namespace that holds what nobody else may know: the address of a webhook, of Slack's or of OnCall's,
     * PagerDuty's routing key, the password for the mail server.
     */
    existingSecret?: string;
    /** Where in the Secret. Default: "url", for PagerDuty "routing-key", for e-mail "password". */
    secretKey?: string;
    /** Slack: where to, such as "#alerts". Default: the webhook's own channel. */
    channel?: string;
    /** E-mail: to whom. */
    to?: string;
    /** E-mail: from whom. */
    from?: string;
    /** E-mail: the server and its port, such as "mail.example.com:587". */
    smarthost?: string;
    /** E-mail: who logs in with the password. */
    username?: string;
    /** Tell when an alert is over, too. Default true. */
    sendResolved?: boolean;
}

/** Which alerts go to a receiver: those that fit all that is said. The first route that fits takes an alert. */
export interface RouteArgs {
    receiver: string;
    /** "critical", "warning", "info". Default: any. */
    severities?: string[];
    /** Default: any. */
    namespaces?: string[];
    /** Values of further labels. */
    labels?: { [label: string]: string };
    /** Look for further routes, too. Default false. */
    continue?: boolean;
}

/** Who is told of what, and how often. */
export interface AlertmanagerArgs {
    receivers?: ReceiverArgs[];
    /** Default: everything goes to the default receiver. */
    routes?: RouteArgs[];
    /** Who gets what no route takes. Default: nobody; Grafana shows it all the same. */
    defaultReceiver?: string;
    /** Who gets the alert that always fires, and raises the alarm when it stays away. Default: nobody. */
    heartbeatReceiver?: string;
    /** How often the heartbeat comes. Default "1m". */
    heartbeatInterval?: string;
    /** How long to wait for more alerts of a group. Default "30s". */
    groupWait?: string;
    /** How long until a group's news are sent. Default "5m". */
    groupInterval?: string;
    /** How long until what still fires is sent again. Default "4h". */
    repeatInterval?: string;
}

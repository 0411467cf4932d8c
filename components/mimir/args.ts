import type { BackendsAuthArgs } from "../backend-auth";
import type { AutoscalingArgs, ChartArgs } from "../helm/args";
import type { MimirLimitsArgs, MimirTenantLimitsArgs } from "../limits";
import type { StoreMode } from "../mode";
import type { BucketConnection } from "../object-store/connection";
import type { ZonesArgs } from "../zones";

/** Arguments of Mimir. */
export interface MimirArgs extends ChartArgs {
    /** Bucket for blocks, rules and the state of the Alertmanager. */
    bucket: BucketConnection;
    /** Whether each replica runs all parts of Mimir, or each part has its own pods, in the classic architecture without Kafka. Default: "monolithic". */
    mode?: StoreMode;
    /** Number of replicas, and in distributed mode of ingesters. Default: 1. */
    replicas?: number;
    /** Distributed mode: the distributor, which receives samples. Default: 1 replica with the profile "dev", 2 with "prod". */
    distributor?: MimirPartArgs;
    /** Distributed mode: the querier, which evaluates queries. Default: 1 replica with the profile "dev", 2 with "prod". */
    querier?: MimirPartArgs;
    /** Distributed mode: number of replicas of the store-gateway, which reads old samples from the bucket. Default: 1 with the profile "dev", 3 with "prod". */
    storeGatewayReplicas?: number;
    /** Number of replicas that store each series. Odd, and at most `replicas`. Default: `replicas`, but at most 3. */
    replicationFactor?: number;
    /**
     * Places the copies of the newest samples, the replicas of the store-gateways and those of the Alertmanager's state in different zones. It has no effect with
     * replication factor 1. Default: none.
     */
    zones?: ZonesArgs;
    /** Whether requests must have a tenant in the header X-Scope-OrgID. Default: false. */
    multitenancy?: boolean;
    /** How long metrics are kept, as a duration such as "30d". At least "24h". Default: "30d". */
    retention?: string;
    /** Limits for each tenant. Default: those of the profile. */
    limits?: MimirLimitsArgs;
    /** Limits of single tenants, which replace those of all tenants. The key is the id of the tenant. Default: none. */
    tenantLimits?: { [tenant: string]: MimirTenantLimitsArgs };
    /** Size of each replica's volume, for recent samples and the compactor, as a Kubernetes quantity. Default: "10Gi", from the chart. */
    size?: string;
    /** StorageClass of the volumes. Default: the cluster's default StorageClass. */
    storageClass?: string;
    /** Rule files by name, in the Prometheus format. With them, the ruler API is read-only. Default: none. */
    rules?: { [file: string]: string };
    /**
     * Whether a second ruler evaluates rules that clients write over its ruler API, such as Alloy for PrometheusRule objects. They are in the bucket. The
     * ruler of `rules` does not evaluate them. Default: false.
     */
    objectRuler?: boolean;
    /** Tenant of the rules and of the Alertmanager configuration. Default: "anonymous", the tenant of Mimir without multi-tenancy. */
    tenant?: string;
    /** Alertmanager for the alerts of the ruler. Default: none. */
    alertmanager?: AlertmanagerArgs;
    /** URL of another Alertmanager for the alerts of the ruler, instead of `alertmanager`. Default: none. */
    alertmanagerUrl?: string;
    /** Authentication at the Alertmanager of `alertmanagerUrl`. Default: none. */
    auth?: BackendsAuthArgs;
}

/** Replicas of a part of Mimir that holds no data, in distributed mode. */
export interface MimirPartArgs {
    /** Number of replicas. Default: 1 with the profile "dev", 2 with "prod". */
    replicas?: number;
    /** Autoscaling by load, instead of `replicas`. Default: none. */
    autoscaling?: AutoscalingArgs;
}

/** Integration that a receiver uses. */
export const ReceiverKind = {
    Webhook: "webhook",
    Slack: "slack",
    PagerDuty: "pagerduty",
    Email: "email",
    /** The webhook of an Alertmanager integration in Grafana OnCall or Grafana IRM. */
    OnCall: "oncall",
} as const;
export type ReceiverKind = (typeof ReceiverKind)[keyof typeof ReceiverKind];

/** A receiver of notifications. */
export interface ReceiverArgs {
    /** Name that routes refer to. */
    name: string;
    /** Integration that the receiver uses. */
    kind: ReceiverKind;
    /** Webhook: its URL, if it is not secret. Otherwise set `existingSecret`. */
    url?: string;
    /**
     * Name of a Secret in the same namespace with the credential: the URL of a webhook, of Slack or of OnCall, the routing key
     * of PagerDuty, or the password of the mail server.
     */
    existingSecret?: string;
    /** Key in the Secret. Default: "url", for PagerDuty "routing-key", for e-mail "password". */
    secretKey?: string;
    /** Slack: the channel, such as "#alerts". Default: the channel of the webhook. */
    channel?: string;
    /** E-mail: the recipient. */
    to?: string;
    /** E-mail: the sender. */
    from?: string;
    /** E-mail: host and port of the mail server, such as "mail.example.com:587". */
    smarthost?: string;
    /** E-mail: the user name for the mail server. */
    username?: string;
    /** Whether the receiver is also notified of resolved alerts. Default: true. */
    sendResolved?: boolean;
}

/** A route: alerts that match all of its conditions go to its receiver. The first matching route applies. */
export interface RouteArgs {
    /** Name of the receiver. */
    receiver: string;
    /** Severities that match: "critical", "warning", "info". Default: all. */
    severities?: string[];
    /** Namespaces that match. Default: all. */
    namespaces?: string[];
    /** Other labels that match, with their values. Default: none. */
    labels?: { [label: string]: string };
    /** Whether the following routes are also evaluated. Default: false. */
    continue?: boolean;
}

/** Receivers and routes of the Alertmanager. Intervals are durations such as "30s" or "5m". */
export interface AlertmanagerArgs {
    /** Receivers. Default: none. */
    receivers?: ReceiverArgs[];
    /** Routes, in order. Default: none; then all alerts go to the default receiver. */
    routes?: RouteArgs[];
    /** Name of the receiver of alerts that match no route. Default: none. Grafana still lists these alerts. */
    defaultReceiver?: string;
    /**
     * Name of the receiver of the alert Watchdog, which always fires. It should raise an alarm when this alert stops arriving.
     * Default: none.
     */
    heartbeatReceiver?: string;
    /** How often the heartbeat receiver is notified. Default: "1m". */
    heartbeatInterval?: string;
    /** How long the Alertmanager waits for more alerts of a new group. Default: "30s". */
    groupWait?: string;
    /** How long the Alertmanager waits before it notifies of changes in a group. Default: "5m". */
    groupInterval?: string;
    /** How long the Alertmanager waits before it repeats the notification of an alert that still fires. Default: "4h". */
    repeatInterval?: string;
}

import * as pulumi from "@pulumi/pulumi";
import { RE2JS } from "re2js";
import { z } from "zod";
import { nobody } from "../components/mimir/alertmanager";
import { dashboardFolders } from "../dashboards/folders";
import { knownAlerts, knownGroups } from "../rules";
import { severities } from "../rules/define";
import { durationForm, durationSeconds } from "../validation/durations";
import * as names from "../validation/names";
import { isMinioReplicas, minioReplicasForm } from "../validation/replication";
import { isSize, sizeForm } from "../validation/quantities";
import { minimumRetention } from "../validation/retention";
import { longestDecisionWait } from "../validation/tail-sampling";
import { endpointForm, isUrl, mirrorForm, mirrorKind, parseS3Endpoint, urlForm } from "../validation/urls";
import { profiles } from "./profiles";
import { ReceiverKind } from "../components/mimir/args";
import { SloKind } from "../rules/define";
import type { CollectorPipelineArgs } from "../components/otel-collector/args";
import { Profile } from "../components/profile";

// Each rule carries one text, what is allowed, which mistakes.ts makes into a sentence with the key and the value.

function text(allowed: string, test: (value: string) => boolean = (value) => value.trim() !== "") {
    return z.string({ error: allowed }).refine(test, { error: allowed });
}

function duration(minimum: string, why: string, maximum?: string) {
    const least = durationSeconds(minimum) ?? 0;
    const most = durationSeconds(maximum ?? "") ?? Infinity;
    return text(
        `${durationForm}, at least ${minimum}${maximum === undefined ? "" : ` and at most ${maximum}`} (${why})`,
        (value) => within(durationSeconds(value), least, most),
    );
}

function within(value: number | undefined, least: number, most: number): boolean {
    return value !== undefined && value >= least && value <= most;
}

// `pulumi config set --path` writes every scalar as a string.
const asNumber = (value: unknown) =>
    typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
const asBoolean = (value: unknown) => (value === "true" ? true : value === "false" ? false : value);

function wholeNumber(allowed: string, test: (value: number) => boolean) {
    return z.preprocess(asNumber, z.int({ error: allowed }).refine(test, { error: allowed }));
}

function ratio() {
    const allowed = "a number from 0 to 1";
    return z.preprocess(asNumber, z.number({ error: allowed }).min(0, { error: allowed }).max(1, { error: allowed }));
}

function boolean() {
    return z.preprocess(asBoolean, z.boolean({ error: "true or false" }));
}

function oneOf<const T extends string>(...values: T[]) {
    return z.enum(values, { error: `one of ${values.map((value) => JSON.stringify(value)).join(", ")}` });
}

function strict<T extends z.core.$ZodShape>(shape: T) {
    return z.strictObject(shape, {
        error: (issue) =>
            issue.code === "invalid_type" ? `a map with the keys ${Object.keys(shape).join(", ")}` : undefined,
    });
}

const retention = (signal: keyof typeof minimumRetention) =>
    duration(minimumRetention[signal].least, minimumRetention[signal].why);
const replicas = () => wholeNumber("a whole number from 1 to 50", (value) => value >= 1 && value <= 50);
const size = () => text(sizeForm, isSize);
const label = () => text(names.labelForm, names.isLabel);
const subdomain = () => text(names.subdomainForm, names.isSubdomain);
const bucket = () => text(names.bucketForm, names.isBucket);
const texts = () => z.record(z.string(), text("a text that is not empty"), { error: "a map of texts" });
const labelKey = () => text(names.labelKeyForm, names.isLabelKey);
const emptyOrLabelValue = () =>
    text(`empty, or ${names.labelValueForm}`, (value) => value === "" || names.isLabelValue(value));
// The key of an annotation is that of a label; the value is any text.
const annotations = () => z.record(labelKey(), z.string({ error: "a text" }), { error: "a map of annotations" });
const componentNames = () => z.array(text("the name of a component"), { error: "a list of names of components" });

// Null takes a pipeline away. The type does not say so, as a map of Pulumi has no word for it.
const pipeline = () =>
    strict({
        receivers: componentNames(),
        processors: componentNames().optional(),
        exporters: componentNames(),
    }).nullable() as unknown as z.ZodType<CollectorPipelineArgs>;
const components = () => z.record(z.string(), z.any(), { error: "a map of components" }).default({});
const helmValues = () => z.record(z.string(), z.any(), { error: "a map of Helm values" }).default({});

function isRe2(value: string): boolean {
    try {
        return RE2JS.compile(value).pattern() !== "";
    } catch {
        return false;
    }
}

/** A secret is a string in stack config and may be an Output where a program passes it. */
const secret = () =>
    z.custom<pulumi.Input<string>>(
        (value) => pulumi.Output.isInstance(value) || (typeof value === "string" && value !== ""),
        { error: "a text that is not empty" },
    );

const toleration = strict({
    key: labelKey().optional(),
    operator: oneOf("Exists", "Equal").optional(),
    value: emptyOrLabelValue().optional(),
    effect: oneOf("NoSchedule", "PreferNoSchedule", "NoExecute").optional(),
    tolerationSeconds: wholeNumber("a whole number of seconds from 0", (value) => value >= 0).optional(),
});

/** Ends up in a query, in quotes. */
const quotable = (allowed: string) => text(allowed, (value) => /^[^"\\\n]+$/.test(value));

const objectiveForm = "a number between 0 and 1, such as 0.999";

const slo = strict({
    name: quotable("a name").optional(),
    service: quotable("the name of a service"),
    namespace: label().optional(),
    kind: oneOf(SloKind.Availability, SloKind.Latency),
    objective: z.preprocess(
        asNumber,
        z.number({ error: objectiveForm }).gt(0, { error: objectiveForm }).lt(1, { error: objectiveForm }),
    ),
    window: duration("1d", "less is too short to burn a budget in"),
    thresholdMs: wholeNumber(
        "a whole number of milliseconds from 1 to 60000",
        (value) => value >= 1 && value <= 60_000,
    ).optional(),
});

// Some sixty, too many for a sentence.
const thresholds = () => {
    const known = knownAlerts().filter(({ threshold }) => threshold !== undefined);
    return z
        .record(
            text("an alert that compares with a number, such as those in docs/alerts.md", (name) =>
                known.some(({ alert }) => alert === name),
            ),
            z.preprocess(asNumber, z.number({ error: "a number above 0" }).gt(0, { error: "a number above 0" })),
            { error: "a map of numbers" },
        )
        .default({});
};

const receiver = strict({
    name: text('a name other than "nobody"', (value) => value.trim() !== "" && value !== nobody),
    kind: oneOf(...Object.values(ReceiverKind)),
    url: text(urlForm, isUrl).optional(),
    existingSecret: subdomain().optional(),
    secretKey: text("a key of a Secret: letters, digits, '-', '_' and '.'", (value) =>
        /^[-.\w]+$/.test(value),
    ).optional(),
    channel: text('a channel such as "#alerts"').optional(),
    to: text("addresses, with commas between").optional(),
    from: text("an address").optional(),
    smarthost: text('a host and a port such as "mail.example.com:587"', (value) =>
        /^[^:/\s]+:\d+$/.test(value),
    ).optional(),
    username: text("a user name").optional(),
    sendResolved: boolean().default(true),
});

// An empty one would fit nothing.
const someOf = <T extends z.ZodType>(item: T, what: string) => {
    const error = `a list of ${what} that is not empty`;
    return z.array(item, { error }).min(1, { error });
};

const route = strict({
    receiver: text("the name of a receiver"),
    severities: someOf(oneOf(...severities), "severities").optional(),
    namespaces: someOf(label(), "namespaces").optional(),
    labels: z
        .record(
            text("the name of a label: letters, digits and '_'", (value) => /^[a-zA-Z_]\w*$/.test(value)),
            text("a text"),
            { error: "a map of texts" },
        )
        .optional(),
    continue: boolean().default(false),
});

/** What may be set, with the defaults of a profile. Rules that span several keys are in rules.ts. */
export function settingsSchema(profile: Profile) {
    const defaults = profiles[profile];
    return strict({
        profile: oneOf("dev", "prod").default(profile),
        kubeContext: text("the name of a context of the kubeconfig").optional(),
        namespace: label().default("monitoring"),
        createNamespace: boolean().default(true),
        cluster: text(names.labelValueForm, names.isLabelValue).default(profile),
        tracing: strict({
            samplingMode: oneOf("head", "tail").default("head"),
            samplingRatio: ratio().default(defaults.samplingRatio),
            tail: strict({
                decisionWait: duration(
                    "1s",
                    "the collector must wait for a trace's spans, and keeps them in memory",
                    longestDecisionWait,
                ).optional(),
                slowerThan: duration("1s", "the collector compares whole seconds").optional(),
            }).optional(),
        }).prefault({}),
        tenant: text(
            "a tenant id: at most 150 letters, digits, '-', '_' and '.'",
            (value) => /^[-\w.]{1,150}$/.test(value) && !/^\.+$/.test(value),
        ).optional(),
        collector: strict({
            jaeger: boolean().default(false),
            resourceAttributes: texts().default({}),
            receivers: components(),
            processors: components(),
            exporters: components(),
            connectors: components(),
            extensions: components(),
            pipelines: z.record(z.string(), pipeline(), { error: "a map of pipelines" }).default({}),
        }).prefault({}),
        logs: strict({
            dropLines: z
                .array(text("a regular expression", isRe2), { error: "a list of regular expressions" })
                .default([]),
            excludeNamespaces: z.array(label(), { error: "a list of namespaces" }).default([]),
        }).prefault({}),
        profiling: strict({ scrape: boolean().default(false) }).prefault({}),
        retention: strict({
            logs: retention("logs").default(defaults.retention.logs),
            traces: retention("traces").default(defaults.retention.traces),
            metrics: retention("metrics").default(defaults.retention.metrics),
            profiles: retention("profiles").default(defaults.retention.profiles),
        }).prefault({}),
        replicas: strict({
            collector: replicas().default(defaults.replicas.collector),
            receiver: replicas().default(defaults.replicas.receiver),
            loki: replicas().default(defaults.replicas.loki),
            mimir: replicas().default(defaults.replicas.mimir),
            minio: wholeNumber(minioReplicasForm, isMinioReplicas).default(defaults.replicas.minio),
        }).prefault({}),
        replicationFactor: strict({ loki: replicas().optional(), mimir: replicas().optional() }).prefault({}),
        storage: strict({
            className: subdomain().optional(),
            sizes: strict({
                loki: size().default(defaults.sizes.loki),
                tempo: size().default(defaults.sizes.tempo),
                mimir: size().default(defaults.sizes.mimir),
                pyroscope: size().default(defaults.sizes.pyroscope),
                grafana: size().default(defaults.sizes.grafana),
                minio: size().default(defaults.sizes.minio),
                collector: size().default(defaults.sizes.collector),
                receiver: size().default(defaults.sizes.receiver),
            }).prefault({}),
        }).prefault({}),
        objectStore: strict({
            kind: oneOf("minio", "s3").default("minio"),
            endpoint: text(endpointForm, (value) => parseS3Endpoint(value) !== undefined).optional(),
            region: text("a region such as \"eu-central-1\": letters, digits, '-' and '_'", (value) =>
                /^[A-Za-z0-9][-\w]{0,62}$/.test(value),
            ).default("us-east-1"),
            pathStyle: boolean().optional(),
            bucketPrefix: text(
                'a text that bucket names can begin with, such as "acme-prod"',
                (value) => value.length <= 50 && names.isBucket(`${value}-x`),
            ).optional(),
            buckets: strict({
                loki: bucket().optional(),
                tempo: bucket().optional(),
                mimir: bucket().optional(),
                pyroscope: bucket().optional(),
            }).prefault({}),
            existingSecret: subdomain().optional(),
            accessKeyId: secret().optional(),
            secretAccessKey: secret().optional(),
            workloadIdentity: boolean().optional(),
            serviceAccountAnnotations: annotations().optional(),
        }).prefault({}),
        grafana: strict({
            adminUser: text("a user name").optional(),
            adminPassword: secret().optional(),
            existingSecret: subdomain().optional(),
            persistence: boolean().default(true),
            rootUrl: text(urlForm, isUrl).optional(),
            ingress: strict({
                enabled: boolean().optional(),
                host: text(names.hostForm, names.isHost).optional(),
                tlsSecret: subdomain().optional(),
                className: subdomain().optional(),
                annotations: annotations().optional(),
            }).prefault({}),
        }).prefault({}),
        dashboards: strict({
            disabledFolders: z
                .array(oneOf(...dashboardFolders()), { error: "a list of folders of dashboards" })
                .default([]),
        }).prefault({}),
        dapr: strict({
            enabled: boolean().default(false),
            configurationName: subdomain().default("tracing"),
            namespaces: z.array(label(), { error: "a list of namespaces" }).default([]),
        }).prefault({}),
        slos: z.array(slo, { error: "a list of SLOs" }).default([]),
        alerts: strict({
            disabledGroups: z.array(oneOf(...knownGroups()), { error: "a list of groups of rules" }).default([]),
            thresholds: thresholds(),
            runbookUrl: text(urlForm, isUrl).optional(),
        }).prefault({}),
        alerting: strict({
            receivers: z.array(receiver, { error: "a list of receivers" }).default([]),
            routes: z.array(route, { error: "a list of routes" }).default([]),
            defaultReceiver: text("the name of a receiver").optional(),
            heartbeatReceiver: text("the name of a receiver").optional(),
            heartbeatInterval: duration("15s", "the rules behind it are evaluated no oftener").default("1m"),
            groupWait: duration("0s", "at once").default("30s"),
            groupInterval: duration("10s", "each group has a message of its own").default("5m"),
            repeatInterval: duration("1m", "more is no news").default("4h"),
        }).prefault({}),
        charts: strict({
            mirror: text(mirrorForm, (value) => mirrorKind(value) !== undefined).optional(),
        }).prefault({}),
        images: strict({
            registry: text(names.registryForm, names.isRegistry).optional(),
            pullSecrets: z.array(subdomain(), { error: "a list of names of Secrets" }).default([]),
        }).prefault({}),
        nodeSelector: z.record(labelKey(), emptyOrLabelValue(), { error: "a map of labels" }).default({}),
        tolerations: z.array(toleration, { error: "a list of tolerations" }).default([]),
        skipAwait: boolean().default(false),
        values: strict({
            otelCollector: helmValues(),
            alloyReceiver: helmValues(),
            alloyLogs: helmValues(),
            alloyMetrics: helmValues(),
            loki: helmValues(),
            tempo: helmValues(),
            mimir: helmValues(),
            pyroscope: helmValues(),
            grafana: helmValues(),
            minio: helmValues(),
        }).prefault({}),
    });
}

/** Keys that may be secret: nothing of them ever appears in a message. All else may end in a chart, in clear text. */
export const secretKeys = ["grafana.adminPassword", "objectStore.accessKeyId", "objectStore.secretAccessKey"];

/** What a schema yields: everything that has a default is there. */
export type CheckedSettings = z.output<ReturnType<typeof settingsSchema>>;

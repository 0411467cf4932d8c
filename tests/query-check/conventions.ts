import { load } from "js-yaml";
import * as fs from "fs";
import * as path from "path";
import { nano } from "../live/telemetry";

/** A metric of the OpenTelemetry semantic conventions. */
export interface ConventionMetric {
    name: string;
    instrument: "counter" | "updowncounter" | "gauge" | "histogram";
    unit: string;
    attributes: string[];
}

/** Namespaces of the metrics that applications and SDK instrumentations send. */
const metricNamespaces = [
    ...["http", "rpc", "db", "messaging", "dns", "faas", "gen-ai", "process", "otel"],
    ...["jvm", "go", "nodejs", "cpython", "dotnet", "aspnetcore", "kestrel", "signalr"],
];

/** Other namespaces of the attributes of spans and log entries. */
const attributeNamespaces = [
    ...["client", "server", "network", "url", "user-agent", "error", "exceptions", "code", "thread", "peer", "log"],
    ...["service", "telemetry", "deployment", "k8s", "container", "host", "os", "cloud", "cloudevents", "graphql"],
    ...["enduser", "session", "user", "feature-flags", "event", "destination", "source", "tls"],
];

interface Group {
    id: string;
    type: string;
    metric_name?: string;
    instrument?: ConventionMetric["instrument"];
    unit?: string;
    extends?: string;
    attributes?: { ref?: string; id?: string }[];
}

/** Reads the metrics from the folder `model` of a checkout, without deprecated metrics. */
export function conventionMetrics(model: string): ConventionMetric[] {
    const groups = readGroups(model, metricNamespaces);
    const byId = new Map(readGroups(model).map((group) => [group.id, group]));
    const attributesOf = (group: Group | undefined): string[] =>
        group === undefined
            ? []
            : [
                  ...attributesOf(byId.get(group.extends ?? "")),
                  ...(group.attributes ?? []).flatMap(({ ref, id }) => ref ?? id ?? []),
              ];
    return groups
        .filter(({ type }) => type === "metric")
        .map((group) => ({
            name: group.metric_name as string,
            instrument: group.instrument as ConventionMetric["instrument"],
            unit: group.unit as string,
            attributes: [...new Set(attributesOf(group))],
        }));
}

/** Names of the attributes of spans, resources and log entries. */
export function attributeNames(model: string): string[] {
    const groups = readGroups(model, [...metricNamespaces, ...attributeNamespaces]);
    return [...new Set(groups.flatMap(({ attributes = [] }) => attributes.flatMap(({ id }) => id ?? [])))].sort();
}

function readGroups(model: string, folders = fs.readdirSync(model)): Group[] {
    return (
        folders
            .map((folder) => path.join(model, folder))
            .filter((folder) => fs.existsSync(folder) && fs.statSync(folder).isDirectory())
            .flatMap((folder) => fs.readdirSync(folder).map((file) => path.join(folder, file)))
            .filter((file) => file.endsWith(".yaml"))
            // js-yaml requires that a closing bracket is indented more than its key.
            .map((file) => fs.readFileSync(file, "utf8").replace(/^(?= *\]$)/gm, "    "))
            .flatMap((text) => (load(text) as { groups?: Group[] } | undefined)?.groups ?? [])
    );
}

/** An OTLP request with one point of each metric. Each point has all attributes of its metric. */
export function otlpConventions(resource: Record<string, string>, metrics: ConventionMetric[]): object {
    const now = Date.now();
    const attribute = (key: string) => ({ key, value: { stringValue: "x" } });
    const point = (attributes: string[]) => ({
        startTimeUnixNano: nano(now - 60_000),
        timeUnixNano: nano(now),
        attributes: attributes.map(attribute),
    });
    const resourceAttributes = Object.entries(resource).map(([key, stringValue]) => ({ key, value: { stringValue } }));
    const data = metrics.map(({ name, unit, instrument, attributes }) => {
        const dataPoints = [{ ...point(attributes), asDouble: 1 }];
        const sum = { aggregationTemporality: 2, isMonotonic: instrument === "counter", dataPoints };
        const buckets = { ...point(attributes), count: "1", sum: 1, explicitBounds: [1], bucketCounts: ["1", "0"] };
        const histogram = { aggregationTemporality: 2, dataPoints: [buckets] };
        return {
            name,
            unit,
            ...(instrument === "histogram"
                ? { histogram }
                : instrument === "gauge"
                  ? { gauge: { dataPoints } }
                  : { sum }),
        };
    });
    return {
        resourceMetrics: [{ resource: { attributes: resourceAttributes }, scopeMetrics: [{ metrics: data }] }],
    };
}

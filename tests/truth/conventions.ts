import { load } from "js-yaml";
import * as fs from "fs";
import * as path from "path";
import { nano } from "../live/telemetry";

/** A metric of OpenTelemetry's semantic conventions. */
export interface ConventionMetric {
    name: string;
    instrument: "counter" | "updowncounter" | "gauge" | "histogram";
    unit: string;
    attributes: string[];
}

/** What applications measure by themselves or by an SDK's instrumentation. */
const namespaces = [
    ...["http", "rpc", "db", "messaging", "dns", "faas", "gen-ai", "process", "otel"],
    ...["jvm", "go", "nodejs", "cpython", "dotnet", "aspnetcore", "kestrel", "signalr"],
];

/** What spans and log lines of applications may be described with, too. */
const describing = [
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

/** Reads the model of a checkout of the conventions, without what is deprecated. */
export function conventionMetrics(model: string): ConventionMetric[] {
    const groups = readGroups(model, namespaces);
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

/** Names of attributes that spans, resources and log lines may have. */
export function attributeNames(model: string): string[] {
    const groups = readGroups(model, [...namespaces, ...describing]);
    return [...new Set(groups.flatMap(({ attributes = [] }) => attributes.flatMap(({ id }) => id ?? [])))].sort();
}

function readGroups(model: string, folders = fs.readdirSync(model)): Group[] {
    return (
        folders
            .map((folder) => path.join(model, folder))
            .filter((folder) => fs.existsSync(folder) && fs.statSync(folder).isDirectory())
            .flatMap((folder) => fs.readdirSync(folder).map((file) => path.join(folder, file)))
            .filter((file) => file.endsWith(".yaml"))
            // js-yaml wants a closing bracket deeper than its key.
            .map((file) => fs.readFileSync(file, "utf8").replace(/^(?= *\]$)/gm, "    "))
            .flatMap((text) => (load(text) as { groups?: Group[] } | undefined)?.groups ?? [])
    );
}

/** A point of each metric with each of its attributes, as OTLP. */
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

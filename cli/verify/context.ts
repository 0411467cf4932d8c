import { contract } from "../../components/contract";
import { kubectl } from "../cluster/kubectl";
import type { Login } from "../login";
import type { Connections, TargetName } from "./connections";
import { Exporter } from "./exporter";
import { Grafana } from "./grafana";
import { type Backend, backendAt } from "./backends";
import { makeTestData, type TestData } from "./test-data";

/** The facts about a stack that the checks need. */
export interface StackFacts {
    namespace: string;
    /** Value of the label `cluster` that the collector adds to every signal. */
    cluster: string;
    /** Context of the kubeconfig, for the commands in the report. */
    kubeContext?: string;
    /** Name of the Secret with the Grafana login. */
    grafanaSecret: string;
    tenant?: string;
    samplingMode: "head" | "tail";
    /** The ratio of traces that is stored, from 0 to 1. */
    samplingRatio: number;
    /** Names of the rule groups that each ruler must have loaded. */
    ruleGroups: Record<"mimir" | "loki", string[]>;
    /** Replicas of lgtm-alloy-singleton. Default: 1. */
    singletonReplicas?: number;
    /** Brokers of Redpanda. Default: 1. */
    redpandaBrokers?: number;
    /** Names of the synthetic probes. Default: none. */
    probes?: string[];
    /** Names of the Kafka clusters whose metrics are read. Default: none. */
    kafka?: string[];
    /** Scrape jobs of the control plane. Default: none. */
    controlPlaneJobs?: string[];
    /** Names of the databases whose metrics are read. Default: none. */
    databases?: string[];
}

export type BackendName = "tempo" | "loki" | "mimir" | "pyroscope";

/** The objects that all checks share. */
export interface Context {
    stack: StackFacts;
    connections: Connections;
    /** The data that some checks send and later checks find. */
    testData: TestData;
    grafana: Grafana;
    exporter: Exporter;
    /** Direct access to the backends. It shows whether a problem is in a backend or in a data source of Grafana. */
    backends: Record<BackendName, Backend>;
    /** The header X-Scope-OrgID if the stack has a tenant, otherwise empty. */
    tenantHeader: Record<string, string>;
}

export function makeContext(stack: StackFacts, connections: Connections, login: Login): Context {
    const tenantHeader: Record<string, string> = stack.tenant === undefined ? {} : { "X-Scope-OrgID": stack.tenant };
    const at = (name: TargetName, path = "") =>
        backendAt(async () => `${await connections.url(name)}${path}`, tenantHeader);
    return {
        stack,
        connections,
        // With tail sampling, applications send all traces.
        testData: makeTestData(stack.samplingMode === "head" ? stack.samplingRatio : 1),
        grafana: new Grafana(() => connections.url("grafana"), login),
        exporter: new Exporter(async () => `${await connections.url("collectorMetrics")}/metrics`),
        backends: {
            tempo: at("tempo"),
            loki: at("loki"),
            mimir: at("mimir", "/prometheus"),
            pyroscope: at("pyroscope"),
        },
        tenantHeader,
    };
}

export type ComponentName = keyof typeof contract;

export function podsCommand(stack: StackFacts, component: ComponentName): string {
    return kubectl(stack, `get pods ${selector(component)}`);
}

export function logsCommand(stack: StackFacts, component: ComponentName): string {
    return kubectl(stack, `logs ${selector(component)} --tail 50`);
}

function selector(component: ComponentName): string {
    return `--selector app.kubernetes.io/instance=${contract[component].release}`;
}

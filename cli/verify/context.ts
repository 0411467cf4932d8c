import { contract } from "../../components/contract";
import type { Login } from "../login";
import { Exporter } from "./exporter";
import { Grafana } from "./grafana";
import { makeSignals, type Signals } from "./signals";
import { type Reader, readerAt } from "./stores";
import type { TargetName, Way } from "./targets";

/** What verify has to know of a stack. */
export interface StackFacts {
    namespace: string;
    /** The label `cluster` of all that the collector passes on. */
    cluster: string;
    /** Context of the kubeconfig, for the commands that a report names. */
    kubeContext?: string;
    tenant?: string;
    samplingMode: "head" | "tail";
    /** The share of traces that is stored. */
    samplingRatio: number;
    /** Names of the groups of rules that each ruler has to have. */
    ruleGroups: Record<"mimir" | "loki", string[]>;
}

export type Store = "tempo" | "loki" | "mimir" | "pyroscope";

/** What all hops share. */
export interface Context {
    stack: StackFacts;
    way: Way;
    /** Sent by some hops and found by others. Nothing, where only what is there may be looked at. */
    signals: Signals;
    grafana: Grafana;
    exporter: Exporter;
    /** The stores themselves, for telling whether a store or the way that Grafana takes to it is at fault. */
    stores: Record<Store, Reader>;
    /** What a writer or reader says besides, where the stores have several tenants. */
    tenantHeader: Record<string, string>;
}

export function makeContext(stack: StackFacts, way: Way, login: Login): Context {
    const tenantHeader: Record<string, string> = stack.tenant === undefined ? {} : { "X-Scope-OrgID": stack.tenant };
    const at = (name: TargetName, path = "") => readerAt(async () => `${await way.url(name)}${path}`, tenantHeader);
    return {
        stack,
        way,
        // With tail sampling applications send everything.
        signals: makeSignals(stack.samplingMode === "head" ? stack.samplingRatio : 1),
        grafana: new Grafana(() => way.url("grafana"), login),
        exporter: new Exporter(async () => `${await way.url("collectorMetrics")}/metrics`),
        stores: { tempo: at("tempo"), loki: at("loki"), mimir: at("mimir", "/prometheus"), pyroscope: at("pyroscope") },
        tenantHeader,
    };
}

export type Part = keyof typeof contract;

/** A kubectl command in the stack's namespace. */
export function kubectl({ namespace, kubeContext }: StackFacts, rest: string): string {
    return `kubectl${kubeContext === undefined ? "" : ` --context ${kubeContext}`} --namespace ${namespace} ${rest}`;
}

export function podsOf(stack: StackFacts, part: Part): string {
    return kubectl(stack, `get pods ${selector(part)}`);
}

export function logsOf(stack: StackFacts, part: Part): string {
    return kubectl(stack, `logs ${selector(part)} --tail 50`);
}

function selector(part: Part): string {
    return `--selector app.kubernetes.io/instance=${contract[part].release}`;
}

import { contract } from "../../../components/contract";
import { ofKinds } from "../../../validation/auto-instrumentation";
import { kernelText } from "../../../validation/kernels";
import { dataSourceUids } from "../../../dashboards/lib/data-sources";
import { evaluatedRules, loadedRuleGroups, queryMetrics } from "../backends";
import { type Check, NoDataError } from "../check";
import { type ComponentName, type Context, logsCommand } from "../context";

/** Checks of the sources that a stack does not have by default. */
export function optionalSourceChecks(context: Context): Check[] {
    return [
        scraped(context, "kubeStateMetrics", contract.kubeStateMetrics.release),
        scraped(context, "prometheus", contract.prometheus.release),
        localPrometheus(context),
        scraped(context, "alloySingleton", "alloy-singleton", context.stack.singletonReplicas),
        autoInstrumentation(context),
        ebpfProfiles(context),
        events(context),
        probes(context),
        otherClusters(context),
        databases(context),
        monitors(context),
        prometheusRules(context),
        controlPlane(context),
        kafka(context),
        redpanda(context),
    ];
}

function scraped({ stack, grafana }: Context, component: ComponentName, job: string, expected = 1): Check {
    return {
        id: `up-${component}`,
        title: `up{job="${job}"} is 1`,
        dependsOn: ["source-mimir"],
        run: async () => {
            const targets = await queryMetrics(
                grafana.through("mimir"),
                `up{job="${job}", cluster="${stack.cluster}", namespace="${stack.namespace}"}`,
            );
            if (targets.length === 0) {
                throw new Error("it is not scraped");
            }
            if (targets.length > expected) {
                throw new Error(
                    `it has ${targets.length} targets instead of ${expected}, so that its data is stored several times`,
                );
            }
            const healthy = targets.filter(({ value }) => value === 1).length;
            if (healthy < expected) {
                throw new Error(
                    expected === 1 ? "its scrape fails" : `only ${healthy} of ${expected} replicas are scraped`,
                );
            }
        },
        cause: "its pod is not ready, or lgtm-alloy-metrics does not run on its node",
        command: logsCommand(stack, component),
    };
}

function localPrometheus({ stack, grafana }: Context): Check {
    const uid = dataSourceUids.prometheus;
    return {
        id: "source-prometheus",
        title: `the data source ${uid} responds, and has metrics`,
        dependsOn: ["source-mimir"],
        run: async () => {
            await grafana.dataSource(uid);
            const [targets] = await queryMetrics(grafana.through(uid), `count(up{cluster="${stack.cluster}"})`);
            if (targets === undefined) {
                throw new Error("Prometheus has no targets");
            }
            return `${targets.value} targets`;
        },
        cause: "Prometheus does not run, Grafana cannot connect to it, or it has no permission to list pods and nodes",
        command: logsCommand(stack, "prometheus"),
    };
}

/** Targets of a DaemonSet, with one pod on each node. @throws Error if there is none, or if one is down. */
async function allUp({ stack, grafana }: Context, job: string): Promise<number> {
    const targets = await queryMetrics(
        grafana.through("mimir"),
        `up{job="${job}", cluster="${stack.cluster}", namespace="${stack.namespace}"}`,
    );
    const down = targets.filter(({ value }) => value !== 1).map(({ labels }) => labels["pod"]);
    if (targets.length === 0 || down.length > 0) {
        throw new Error(targets.length === 0 ? "it is not scraped" : `the scrape of ${down.join(", ")} fails`);
    }
    return targets.length;
}

function autoInstrumentation(context: Context): Check {
    const { stack, grafana } = context;
    return {
        id: "auto-instrumentation",
        title: "Processes are instrumented with eBPF",
        dependsOn: ["source-mimir"],
        run: async () => {
            const nodes = await allUp(context, "auto-instrumentation");
            const selector = `{job="auto-instrumentation", cluster="${stack.cluster}", namespace="${stack.namespace}"}`;
            const sumOf = async (metric: string) => {
                const query = ofKinds((prefix) => `sum(${prefix}_${metric}${selector})`);
                return (await queryMetrics(grafana.through("mimir"), query))[0]?.value ?? 0;
            };
            const processes = await sumOf("instrumented_processes");
            const errors = processes === 0 ? await sumOf("instrumentation_errors_total") : 0;
            if (errors > 0) {
                throw new Error(
                    `no process is instrumented, and ${errors} ${errors === 1 ? "attempt has" : "attempts have"} failed`,
                );
            }
            if (processes === 0) {
                throw new NoDataError("no process is selected by autoInstrumentation at present");
            }
            return `${processes} processes on ${nodes} ${nodes === 1 ? "node" : "nodes"}`;
        },
        cause: `the kernel of a node is too old or has no BTF (it needs ${kernelText("autoInstrumentation.enabled")}), or the namespace does not allow the Pod Security level privileged`,
        command: logsCommand(stack, "autoInstrumentation"),
    };
}

function ebpfProfiles(context: Context): Check {
    const { stack, grafana } = context;
    return {
        id: "ebpf-profiles",
        title: "The profiler collects profiles on every node that has pods of collectFrom",
        dependsOn: ["source-mimir"],
        run: async () => {
            await allUp(context, "alloy-profiles");
            const selector = `{job="alloy-profiles", cluster="${stack.cluster}", namespace="${stack.namespace}"}`;
            const podsOf = async (query: string) =>
                (await queryMetrics(grafana.through("mimir"), query)).map(({ labels }) => labels["pod"] ?? "");
            const withTargets = await podsOf(`sum by (pod) (pyroscope_ebpf_active_targets${selector}) > 0`);
            const collecting = await podsOf(`sum by (pod) (increase(pyroscope_ebpf_pprofs_total${selector}[10m])) > 0`);
            const failing = withTargets.filter((pod) => !collecting.includes(pod));
            if (collecting.length === 0 || failing.length > 0) {
                throw new Error(
                    failing.length === 0
                        ? "no profile was collected in the last 10 minutes"
                        : `${failing.join(", ")} collected no profile in the last 10 minutes`,
                );
            }
            return `profiles of ${collecting.length} ${collecting.length === 1 ? "node" : "nodes"}`;
        },
        cause: `the kernel of a node is too old (it needs ${kernelText("profiling.ebpf")}), or a security module of the node denies eBPF`,
        command: logsCommand(stack, "alloyProfiles"),
    };
}

function events({ stack, grafana }: Context): Check {
    return {
        id: "kubernetes-events",
        title: "Loki stores the events of Kubernetes",
        dependsOn: ["source-loki"],
        run: async () => {
            const query = `sum(count_over_time({service_name="kubernetes-events", cluster="${stack.cluster}"}[1d]))`;
            const response = await grafana.through("loki").get("/loki/api/v1/query", { query });
            const { data } = JSON.parse(response.body) as { data: { result: { value: [number, string] }[] } };
            const count = Number(data.result[0]?.value[1] ?? 0);
            if (count === 0) {
                throw new Error("Loki has no event of the last 24 hours");
            }
            return `${count} in 24 hours`;
        },
        cause: "lgtm-alloy-singleton does not run, has no permission to list events, or cannot write to Loki; or nothing has changed in the cluster for a day",
        command: logsCommand(stack, "alloySingleton"),
    };
}

function probes({ stack, grafana }: Context): Check {
    return {
        id: "probes",
        title: "Mimir stores the results of all probes",
        dependsOn: ["source-mimir"],
        run: async () => {
            const results = await queryMetrics(
                grafana.through("mimir"),
                `max by (probe) (probe_success{job="blackbox", cluster="${stack.cluster}"})`,
            );
            const all = stack.probes ?? [];
            const missing = all.filter((name) => !results.some(({ labels }) => labels["probe"] === name));
            if (missing.length > 0) {
                throw new Error(`there are no results of ${missing.join(", ")}`);
            }
            const failing = results.filter(({ value }) => value !== 1).map(({ labels }) => labels["probe"]);
            return failing.length === 0 ? "all are successful" : `failing: ${failing.join(", ")}`;
        },
        cause: "lgtm-alloy-singleton does not run, or cannot write to Mimir",
        command: logsCommand(stack, "alloySingleton"),
    };
}

function otherClusters({ stack, grafana }: Context): Check {
    return {
        id: "other-clusters",
        title: "Mimir stores metrics of other clusters",
        dependsOn: ["source-mimir"],
        run: async () => {
            const series = await queryMetrics(
                grafana.through("mimir"),
                `count by (cluster) (up{job="alloy-metrics", cluster!="${stack.cluster}"})`,
            );
            if (series.length === 0) {
                throw new NoDataError("no other cluster sends metrics at present");
            }
            return series.map(({ labels }) => labels["cluster"]).join(", ");
        },
        cause: "the other clusters cannot reach the ingestion proxy, or their credential is wrong",
        command: logsCommand(stack, "ingestionProxy"),
    };
}

function databases({ stack, grafana }: Context): Check {
    return {
        id: "databases",
        title: "Mimir stores the metrics of all databases",
        dependsOn: ["source-mimir"],
        run: async () => {
            const results = await queryMetrics(
                grafana.through("mimir"),
                `max by (service_name) ({__name__=~"(pg|mysql|mongodb|redis)_up", job=~"postgresql|mysql|mongodb|redis", cluster="${stack.cluster}"})`,
            );
            const all = stack.databases ?? [];
            const named = ({ labels }: { labels: Record<string, string> }) => labels["service_name"] ?? "";
            const missing = all.filter((name) => !results.some((result) => named(result) === name));
            if (missing.length > 0) {
                throw new Error(`there are no metrics of ${missing.join(", ")}`);
            }
            const failing = results.filter((result) => result.value !== 1 && all.includes(named(result))).map(named);
            if (failing.length > 0) {
                throw new Error(`lgtm-alloy-singleton cannot connect to ${failing.join(", ")}`);
            }
        },
        cause: "the server does not run, the address or the login in its Secret is wrong, or a NetworkPolicy of the database does not allow the connection",
        command: logsCommand(stack, "alloySingleton"),
    };
}

function monitors({ stack, grafana }: Context): Check {
    return {
        id: "monitors",
        title: "Alloy finds targets of monitors of the Prometheus operator",
        dependsOn: ["source-mimir"],
        run: async () => {
            const selector = `job="alloy-singleton", cluster="${stack.cluster}", namespace="${stack.namespace}", component_id=~"prometheus\\\\.operator\\\\..+"`;
            const endpoints = await queryMetrics(
                grafana.through("mimir"),
                `max by (scrape_job) (prometheus_target_scrape_pool_targets{${selector}})`,
            );
            if (endpoints.length === 0) {
                throw new Error("Alloy has found no ServiceMonitor, PodMonitor or Probe");
            }
            const targets = endpoints.reduce((sum, { value }) => sum + value, 0);
            return `${targets} targets of ${endpoints.length} endpoints`;
        },
        cause: "the cluster has no monitors in the namespaces of collectFrom, or lgtm-alloy-singleton has no permission to read them, or is not scraped",
        command: logsCommand(stack, "alloySingleton"),
    };
}

function prometheusRules({ stack, grafana }: Context): Check {
    const uid = dataSourceUids.prometheusRules;
    return {
        id: "prometheus-rules",
        title: "the second ruler of Mimir evaluates the rules of PrometheusRule objects without an error",
        dependsOn: ["grafana-login", "reach-mimir"],
        run: async () => {
            await grafana.dataSourceHealth(uid);
            const groups = await loadedRuleGroups(grafana.through(uid), "/api/v1/rules");
            const rules = evaluatedRules(groups);
            return groups.length === 0
                ? "no PrometheusRule object is in the namespaces of collectFrom"
                : `${rules.length} rules in ${groups.length} groups`;
        },
        cause: "mimir-object-ruler does not run, lgtm-alloy-singleton cannot write to it, or it rejects the query of a rule",
        command: logsCommand(stack, "mimir"),
    };
}

function controlPlane({ stack, grafana }: Context): Check {
    return {
        id: "control-plane",
        title: "Alloy scrapes all configured parts of the control plane",
        dependsOn: ["source-mimir"],
        run: async () => {
            const jobs = stack.controlPlaneJobs ?? [];
            const targets = await queryMetrics(
                grafana.through("mimir"),
                `up{job=~"${jobs.join("|")}", cluster="${stack.cluster}"}`,
            );
            const jobOf = ({ labels }: { labels: Record<string, string> }) => labels["job"] ?? "";
            const missing = jobs.filter((job) => !targets.some((target) => jobOf(target) === job));
            if (missing.length > 0) {
                throw new Error(`there are no targets of ${missing.join(", ")}`);
            }
            const failing = targets
                .filter(({ value }) => value !== 1)
                .map((target) => `${jobOf(target)} at ${target.labels["instance"]}`);
            if (failing.length > 0) {
                throw new Error(`the scrape fails of ${failing.join(", ")}`);
            }
            return `${targets.length} targets`;
        },
        cause: "the cluster does not run this part in pods, it accepts connections only from its own node, or lgtm-alloy-singleton has no permission; remove it from metrics.controlPlane if the provider does not expose it",
        command: logsCommand(stack, "alloySingleton"),
    };
}

function kafka({ stack, grafana }: Context): Check {
    return {
        id: "kafka",
        title: "Mimir stores the metrics of all Kafka clusters",
        dependsOn: ["source-mimir"],
        run: async () => {
            const clusters = await queryMetrics(
                grafana.through("mimir"),
                `max by (service_name) (kafka_brokers{job="kafka", cluster="${stack.cluster}"})`,
            );
            const missing = (stack.kafka ?? []).filter(
                (name) => !clusters.some(({ labels }) => labels["service_name"] === name),
            );
            if (missing.length > 0) {
                throw new Error(`there are no metrics of ${missing.join(", ")}`);
            }
            return clusters
                .map(({ labels, value }) => `${labels["service_name"]}: ${value} ${value === 1 ? "broker" : "brokers"}`)
                .join(", ");
        },
        cause: "lgtm-alloy-kafka does not start without a connection to every cluster: a broker does not run, its address or the login in its Secret is wrong, or it advertises an address that Alloy cannot reach",
        command: logsCommand(stack, "alloyKafka"),
    };
}

function redpanda({ stack, grafana }: Context): Check {
    return {
        id: "redpanda",
        title: "all brokers of Redpanda are scraped",
        dependsOn: ["source-mimir"],
        run: async () => {
            const brokers = await queryMetrics(
                grafana.through("mimir"),
                `up{job="redpanda", cluster="${stack.cluster}", namespace="${stack.namespace}"}`,
            );
            const failing = brokers.filter(({ value }) => value !== 1).map(({ labels }) => labels["pod"]);
            if (failing.length > 0) {
                throw new Error(`the scrape fails of ${failing.join(", ")}`);
            }
            const { redpandaBrokers = 1 } = stack;
            if (brokers.length < redpandaBrokers) {
                throw new Error(
                    brokers.length === 0
                        ? "it is not scraped"
                        : `only ${brokers.length} of ${redpandaBrokers} brokers are scraped`,
                );
            }
            return `${brokers.length} ${brokers.length === 1 ? "broker" : "brokers"}`;
        },
        cause: "a pod of Redpanda is not ready, or the metrics scraper does not run on its node",
        command: logsCommand(stack, "redpanda"),
    };
}
